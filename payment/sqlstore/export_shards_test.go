package sqlstore

// NewShards is a store on stores in so many schemas.
var NewShards = newShards
