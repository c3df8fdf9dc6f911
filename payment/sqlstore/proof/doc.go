// Package proof holds what is proved of the stores on servers that run, and die: its tests start
// PostgreSQL in folders of their own, and hosts that are processes of their own, which share nothing
// but the database, or a file of SQLite, and a gateway that keeps its books in a file.
//
//	go test . -v                                the quick form: a few of each
//	go test . -v -run Race -rounds=100000       two hosts, the same orders, coupon and key
//	go test . -v -run Kill -kills=500           servers, their processes and hosts die under load
//	go test . -v -run Failover -failovers=100   the leader of a cluster does (Patroni and etcd: bash .ci/patroni)
//
// Each commit and each call that was acknowledged stands in a file before the host goes on, and each
// commit that certainly was not written. After a death everything is swept to rest: then what was
// acknowledged is there, what was refused is not, ledger.Audit finds nothing,
// and what the gateway moved is what the records say (I10). The loss of power is not tried.
package proof
