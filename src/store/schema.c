/* The tables of a recording: see schema.h. */
#include "config.h"

#include "store/schema.h"

#include "base/text.h"

/*
 * Names of states and protocols are in tables, since numbers in the program may
 * change; the views put them back.
 */
const char recording_schema[] =
	"CREATE TABLE info ("	      /* about the recording, by name */
	" name TEXT PRIMARY KEY,"
	" value) WITHOUT ROWID;"

	"CREATE TABLE state (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE proto (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"

	"CREATE TABLE level ("	      /* level and the time in which its dwells ended */
	" id INTEGER PRIMARY KEY,"
	" span_ms INTEGER NOT NULL);"

	"CREATE TABLE poll ("	      /* one row a poll */
	" time_ms INTEGER PRIMARY KEY,"
	" since_ms INTEGER,"	      /* the poll before; NULL: the first after a gap */
	" sockets INTEGER NOT NULL,"
	" opened INTEGER,"	      /* connections that were seen to open and close in between */
	" closed INTEGER,"
	" short_lived INTEGER,"	      /* of those: both, told by events */
	" kernel_opened INTEGER,"     /* by the kernel's counters; NULL: not known */
	" kernel_closed INTEGER,"
	" unseen INTEGER);"	      /* opened by the counters, and not seen */

	"CREATE TABLE count ("	      /* sockets per state at a poll, where there are any */
	" time_ms INTEGER NOT NULL REFERENCES poll,"
	" proto INTEGER NOT NULL REFERENCES proto,"
	" state INTEGER NOT NULL REFERENCES state,"
	" family INTEGER NOT NULL,"   /* 4, 6; 0: not IP */
	" sockets INTEGER NOT NULL,"
	" PRIMARY KEY (time_ms, proto, state, family)) WITHOUT ROWID;"

	"CREATE TABLE netns (id INTEGER PRIMARY KEY, inode INTEGER, name TEXT);"

	"CREATE TABLE cgroup ("
	" id INTEGER PRIMARY KEY,"
	" cgroup INTEGER UNIQUE,"     /* the kernel's number */
	" path TEXT, unit TEXT, container TEXT);"

	"CREATE TABLE process ("
	" id INTEGER PRIMARY KEY,"
	" pid INTEGER NOT NULL,"
	" start_time INTEGER NOT NULL," /* clock ticks since boot: with pid its identity */
	" command TEXT, command_line TEXT, uid INTEGER,"
	" UNIQUE (pid, start_time, command));"

	"CREATE TABLE socket ("	      /* one row a socket; NULL: not known */
	" id INTEGER PRIMARY KEY,"
	" proto INTEGER NOT NULL REFERENCES proto,"
	" family INTEGER NOT NULL,"
	" local_address TEXT, local_port INTEGER,"
	" peer_address TEXT, peer_port INTEGER,"
	" interface TEXT,"
	" cookie INTEGER, inode INTEGER, uid INTEGER,"
	" netns INTEGER REFERENCES netns,"
	" cgroup INTEGER REFERENCES cgroup,"
	" owner_reason TEXT,"	      /* why there is no holder, or whose it was */
	" opened_ms INTEGER NOT NULL,"
	" opened_before INTEGER NOT NULL," /* 1: it was there when recording began */
	" closed_ms INTEGER,"	      /* NULL: it was there at the last poll */
	" closed_by TEXT,"	      /* 'poll', 'event', 'gap': how the end was learnt */
	/* final figures, as of the last look at it */
	" recv_queue INTEGER, send_queue INTEGER,"
	" bytes_received INTEGER, bytes_acked INTEGER, bytes_sent INTEGER,"
	" bytes_retrans INTEGER, total_retrans INTEGER,"
	" segs_in INTEGER, segs_out INTEGER, lost INTEGER,"
	" rtt_us INTEGER, min_rtt_us INTEGER, cwnd INTEGER, drops INTEGER);"

	"CREATE TABLE holder ("	      /* the processes that held a socket */
	" socket INTEGER NOT NULL REFERENCES socket,"
	" process INTEGER NOT NULL REFERENCES process,"
	" fd INTEGER,"
	" PRIMARY KEY (socket, process)) WITHOUT ROWID;"
	"CREATE INDEX holder_process ON holder (process);"

	"CREATE TABLE dwell ("	      /* a socket's stay in a state */
	" socket INTEGER NOT NULL REFERENCES socket,"
	" since_ms INTEGER NOT NULL,"
	" state INTEGER NOT NULL REFERENCES state,"
	" until_ms INTEGER,"	      /* NULL: it went on at the last poll */
	" level INTEGER NOT NULL REFERENCES level,"
	" PRIMARY KEY (socket, since_ms, state)) WITHOUT ROWID;"
	"CREATE INDEX dwell_time ON dwell (level, since_ms);"

	"CREATE TABLE gap ("	      /* when recording could not see, and why */
	" since_ms INTEGER NOT NULL,"
	" until_ms INTEGER,"
	" reason TEXT NOT NULL,"
	" events INTEGER);"	      /* lost, where they can be counted */
	"CREATE INDEX gap_time ON gap (since_ms);"

	"CREATE TABLE finding ("      /* what was wrong, for how long */
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" subject TEXT NOT NULL,"
	" severity TEXT NOT NULL,"    /* the worst it got */
	" since_ms INTEGER NOT NULL,"
	" until_ms INTEGER,"	      /* NULL: it went on at the last poll */
	" evidence TEXT, owner TEXT," /* as of the last poll that found it */
	" sockets INTEGER);"
	"CREATE INDEX finding_time ON finding (since_ms);"
	"CREATE INDEX finding_open ON finding (name, subject) WHERE until_ms IS NULL;"

	"CREATE VIEW dwells AS"
	" SELECT dwell.socket, proto.name AS proto, state.name AS state,"
	"  local_address, local_port, peer_address, peer_port, since_ms, until_ms"
	" FROM dwell JOIN socket ON socket.id = dwell.socket"
	"  JOIN state ON state.id = dwell.state JOIN proto ON proto.id = socket.proto;"

	"CREATE VIEW counts AS"
	" SELECT time_ms, proto.name AS proto, state.name AS state, family, sockets"
	" FROM count JOIN state ON state.id = count.state JOIN proto ON proto.id = count.proto;";

proto_set schema_protos(const char *list)
{
	proto_set protos = 0;
	const char *word;
	size_t len;

	while ((word = text_next_word(&list, &len))) {
		enum proto p = proto_find(word, len);

		protos |= p < PROTO_COUNT ? PROTO_BIT(p) : 0;
	}
	return protos;
}
