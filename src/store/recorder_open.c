/*
 * Beginning to record: a new file, or one to go on with.
 *
 * In a file that is there already sockets may be open still.  They are remembered as
 * if they had been seen at its last poll, so that one that is there again goes on in
 * its row; after a restart of the host nothing can be the same.  What is not there
 * any more ends by the first poll.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/recorder_state.h"
#include "store/schema.h"

/*
 * So long without a poll is a gap.  Polls are stretched to ten times the CPU time
 * and twice the time that they take, which on a large host or a slow disk is no gap.
 */
#define STALL_POLLS 60
#define STALL_MS_MIN 60000

static int learn_ids(struct recorder *r, struct error *err)
{
	for (unsigned int i = 0; i < STATE_COUNT; i++) {
		const struct cell name = cell_text(state_info((enum state)i)->name);

		if (recorder_db_run(&r->db, STATE_ADD, &name, err) ||
		    recorder_db_ask(&r->db, STATE_ID, &name, &r->state_id[i], err) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < PROTO_COUNT; i++) {
		const struct cell name = cell_text(proto_info((enum proto)i)->name);

		if (recorder_db_run(&r->db, PROTO_ADD, &name, err) ||
		    recorder_db_ask(&r->db, PROTO_ID, &name, &r->proto_id[i], err) < 0)
			return -1;
	}
	return 0;
}

static int add_levels(struct recorder *r, struct error *err)
{
	for (uint64_t level = 0; level <= LEVEL_OPEN; level++) {
		const struct cell cells[] = { cell_int(level),
					      cell_int(UINT64_C(1) << (level < 62 ? level : 62)) };

		if (recorder_db_run(&r->db, LEVEL_ADD, cells, err))
			return -1;
	}
	return 0;
}

/* Those that were recorded before as well; 0: that was not noted. */
static int protos_before(struct recorder *r, proto_set *before, struct error *err)
{
	const struct cell name = cell_text("protos");
	sqlite3_stmt *s = recorder_db_rows(&r->db, INFO_GET, &name);
	int found = recorder_db_step(&r->db, s, err);
	const char *text = found > 0 ? (const char *)sqlite.column_text(s, 0) : NULL;

	*before = text ? schema_protos(text) : 0;
	if (found > 0)
		recorder_db_done(s);
	return found < 0 ? -1 : 0;
}

static int write_protos(struct recorder *r, proto_set protos, bool created, struct error *err)
{
	char text[PROTO_COUNT * 16] = "";
	proto_set before = 0;
	size_t len = 0;

	if (!created && protos_before(r, &before, err))
		return -1;
	if (!protos || (!created && !before))
		return 0;
	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if ((protos | before) & PROTO_BIT(p))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						len ? " " : "", proto_info(p)->name);
	return rows_set_info(r, "protos", text, err);
}

static int write_info(struct recorder *r, const struct recorder_options *o, struct error *err)
{
	const struct {
		const char *name;
		const char *text;
	} texts[] = {
		{ "host", o->host },	   { "kernel", o->kernel }, { "boot_id", o->boot_id },
		{ "program", o->program }, { "filter", o->filter },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (rows_set_info(r, texts[i].name, texts[i].text, err))
			return -1;
	return rows_set_number(r, "interval_ms", o->interval_ms, err) ||
	       rows_set_number(r, "keep_ms", o->keep_ms, err) ||
	       rows_set_number(r, "max_bytes", o->max_bytes, err) ||
	       rows_set_number(r, "stopped_ms", 0, err);
}

/* Was the file written to in the same boot?  Unless that is certain: no. */
static int same_boot(struct recorder *r, const char *boot_id, bool *same, struct error *err)
{
	const struct cell name = cell_text("boot_id");
	sqlite3_stmt *s = recorder_db_rows(&r->db, INFO_GET, &name);
	int found = recorder_db_step(&r->db, s, err);
	const char *before;

	*same = false;
	if (found <= 0)
		return found;
	before = (const char *)sqlite.column_text(s, 0);
	*same = boot_id && before && !strcmp(boot_id, before);
	recorder_db_done(s);
	return 0;
}

static void read_end(struct endpoint *e, sqlite3_stmt *s, int column, int64_t family)
{
	const char *text = (const char *)sqlite.column_text(s, column);
	int wanted = family == 6 ? AF_INET6 : AF_INET;

	if (!family || !text || inet_pton(wanted, text, e->bytes) != 1)
		return;
	e->family = family == 6 ? ADDR_V6 : ADDR_V4;
	e->port = (uint16_t)sqlite.column_int(s, column + 1);
}

/* The entry of @ids that is @id, or @count. */
static unsigned int number_of(const uint64_t *ids, unsigned int count, int64_t id)
{
	unsigned int i = 0;

	while (i < count && ids[i] != (uint64_t)id)
		i++;
	return i;
}

/* A row of OPEN_DWELLS as the socket that it was. */
static bool read_open(const struct recorder *r, sqlite3_stmt *s, struct sock *sk)
{
	unsigned int proto = number_of(r->proto_id, PROTO_COUNT, sqlite.column_int64(s, 1));
	unsigned int state = number_of(r->state_id, STATE_COUNT, sqlite.column_int64(s, 10));
	int64_t family = sqlite.column_int64(s, 2);

	*sk = (struct sock){ .proto = (uint8_t)proto, .state = (uint8_t)state };
	if (sqlite.column_type(s, 7) != SQLITE_NULL)
		sk->has |= SOCK_HAS_COOKIE;
	sk->cookie = (uint64_t)sqlite.column_int64(s, 7);
	sk->inode = (uint64_t)sqlite.column_int64(s, 8);
	sk->netns = (uint64_t)sqlite.column_int64(s, 9);
	read_end(&sk->local, s, 3, family);
	read_end(&sk->peer, s, 5, family);
	return proto < PROTO_COUNT && state < STATE_COUNT;
}

static bool is_connection(const struct sock *sk)
{
	return sk->proto == PROTO_TCP && sk->state != STATE_LISTEN && sk->state != STATE_BOUND;
}

static int remember(struct recorder *r, sqlite3_stmt *s, uint8_t flags, struct error *err)
{
	struct identity identity;
	uint32_t number;
	struct sock sk;

	if (!read_open(r, s, &sk))
		return 0;
	identity = identity_of(&sk);
	number = live_add(&r->live, &identity, err);
	if (number == LIVE_NONE)
		return -1;
	live_at(&r->live, number)->now = (struct live_state){
		.row = (uint64_t)sqlite.column_int64(s, 0),
		.since_ms = (uint64_t)sqlite.column_int64(s, 11),
		.state = sk.state,
		.flags = (uint8_t)(LIVE_USED | flags | (is_connection(&sk) ? LIVE_CONNECTION : 0)),
		/* which are recorded is not read: that of the first is unknown */
		.owners_rank = OWNERS_RANK_MOST,
	};
	return 0;
}

static int remember_open(struct recorder *r, uint8_t flags, struct error *err)
{
	const struct cell level = cell_int(LEVEL_OPEN);
	sqlite3_stmt *s = recorder_db_rows(&r->db, OPEN_DWELLS, &level);
	int more;

	while ((more = recorder_db_step(&r->db, s, err)) > 0) {
		if (remember(r, s, flags, err)) {
			recorder_db_done(s);
			return -1;
		}
	}
	live_commit(&r->live);
	return more;
}

/* What happened to the recorder before: the gap since its last poll. */
static int go_on(struct recorder *r, const char *boot_id, struct error *err)
{
	const struct cell name = cell_text("stopped_ms");
	const char *reason = "the recorder ended abruptly";
	uint64_t stopped;
	int clean;
	bool same;

	if (recorder_db_ask(&r->db, LAST_POLL, NULL, &r->last_ms, err) < 0 ||
	    same_boot(r, boot_id, &same, err))
		return -1;
	clean = recorder_db_ask(&r->db, INFO_GET, &name, &stopped, err);
	if (clean < 0)
		return -1;
	if (clean)
		reason = "the recorder was stopped";
	if (!same)
		reason = "the host was restarted";
	/* numbers of control groups are given again after a restart */
	if (!same && recorder_db_run(&r->db, CGROUP_FORGET, NULL, err))
		return -1;
	if (r->last_ms) {
		r->gap_ms = r->last_ms;
		memcpy(r->gap_reason, reason, strlen(reason) + 1);
	}
	return remember_open(r, same ? 0 : LIVE_FOREIGN, err);
}

static int begin_recording(struct recorder *r, const struct recorder_options *o, bool created,
			   struct error *err)
{
	if (recorder_db_run(&r->db, RUN_BEGIN, NULL, err) || learn_ids(r, err))
		return -1;
	if (created ? add_levels(r, err) : go_on(r, o->boot_id, err))
		return -1;
	r->first = !r->last_ms;
	return write_info(r, o, err) || write_protos(r, o->protos, created, err) ||
	       recorder_db_run(&r->db, RUN_COMMIT, NULL, err) ?
		       -1 :
		       0;
}

static void let_go(struct recorder *r)
{
	recorder_db_close(&r->db);
	live_fini(&r->live);
	recent_fini(&r->vanished);
	recent_fini(&r->left);
	free(r);
}

struct recorder *recorder_open(const struct recorder_options *o, uint64_t now_ms,
			       struct error *err)
{
	struct recorder *r = calloc(1, sizeof(*r));
	bool created;

	if (!r) {
		error_set(err, ENOMEM, "cannot record to '%s'", o->path);
		return NULL;
	}
	live_init(&r->live);
	r->now_ms = now_ms;
	r->keep_ms = o->keep_ms;
	r->max_bytes = o->max_bytes;
	r->stall_ms = o->interval_ms * (uint64_t)STALL_POLLS;
	if (r->stall_ms < STALL_MS_MIN)
		r->stall_ms = STALL_MS_MIN;
	if (recorder_db_open(&r->db, o->path, &created, err) ||
	    begin_recording(r, o, created, err)) {
		let_go(r);
		return NULL;
	}
	prune_set_limit(r);
	return r;
}

void recorder_close(struct recorder *r)
{
	if (!r)
		return;
	if (r->open)
		recorder_abandon(r, "the recorder was stopped");
	if (!recorder_db_run(&r->db, RUN_BEGIN, NULL, NULL) &&
	    (rows_set_number(r, "stopped_ms", r->last_ms ? r->last_ms : 1, NULL) ||
	     recorder_db_run(&r->db, RUN_COMMIT, NULL, NULL)))
		recorder_db_run(&r->db, RUN_ROLLBACK, NULL, NULL);
	let_go(r);
}
