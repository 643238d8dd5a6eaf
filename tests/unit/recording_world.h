/*
 * Recordings that tests write with SQL of their own, and what is read from them.
 */
#ifndef UNIT_RECORDING_WORLD_H
#define UNIT_RECORDING_WORLD_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "store/recording.h"

#define T0 1700000000000 /* ms */

struct world {
	char dir[64];
	char path[128];
	sqlite3 *db;
};

void run(sqlite3 *db, const char *sql);
__attribute__((format(printf, 2, 3))) void runf(sqlite3 *db, const char *format, ...);

/* An empty recording, written to through world->db. */
void world_open(struct world *w, unsigned int page);
void world_close(struct world *w);

/* A stay, with a socket of its own where @socket has none yet. */
void add_stay(struct world *w, int socket, int state, int64_t since, int64_t until);

struct recording *open_it(const struct world *w);

/* What was read, in order; ->most: no more than so many. */
struct seen {
	uint64_t ids[8192];
	enum state states[8192];
	enum state previous[8192];
	uint64_t since[8192];
	size_t count;
	size_t most;
};

/* A recorded_sock_function that notes it in the struct seen. */
int note(void *context, const struct recorded_sock *what);

/* How many sockets there were. */
size_t count_at(struct recording *r, uint64_t time_ms);

#endif
