package sqlstore

import "strconv"

// SettingError says that the database is set so that what was acknowledged could be lost, or
// that the store could not work at all. Nothing was written.
type SettingError struct {
	Setting string // as the server calls it
	Value   string // what it is
	Do      string // what to do
}

func (e *SettingError) Error() string {
	return "sqlstore: " + e.Setting + " is " + strconv.Quote(e.Value) + ": " + e.Do
}

// VersionError says that a later version of this package has migrated the database. Update the
// host before it is used with this database.
type VersionError struct {
	Applied int // the last migration that the database has
	Known   int // the last that this version has
}

func (e *VersionError) Error() string {
	return "sqlstore: the database has migration " + strconv.Itoa(e.Applied) + ", and this version knows " + strconv.Itoa(e.Known) + ": update the host"
}

// StepError says that a step does not join a transaction of the host: a gateway, or whoever is
// told, is called once it is committed, and nothing could take that back if the host's
// transaction were rolled back.
type StepError struct {
	Step string // as ledger.Change has it
}

func (e *StepError) Error() string {
	return "sqlstore: the step " + strconv.Quote(e.Step) + " calls a gateway once it is committed, so it cannot wait for a transaction of the host: call the Desk that has the Store itself"
}
