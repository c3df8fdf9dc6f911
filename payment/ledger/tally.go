package ledger

// TallyReturns counts what was given back whole, within the days that the policy gives.
const TallyReturns = "resources given back"
