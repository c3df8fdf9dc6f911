package sqlstore

// NewPostgres is a store on a database that has been migrated.
var NewPostgres = newPostgres
