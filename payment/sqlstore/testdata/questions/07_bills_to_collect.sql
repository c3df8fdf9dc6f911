-- Which bills are made and not yet charged.
select customer, month, currency, amount, overdue, declines from duebook.bills where state = 'due' order by month, customer, currency
