-- What the house owes customers in balances, and what they use of its credit.
select fund, currency, count(*) as accounts, sum(balance) as balance, count(*) filter (where overdrawn) as overdrawn from duebook.accounts group by 1, 2 order by 1, 2
