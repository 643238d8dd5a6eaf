/*
 * Reading a recording: what there was at a moment, and what happened in between.
 *
 * The file may be written to meanwhile.  All times are milliseconds since the epoch.
 * Order is total, so that what is made of a recording is the same every time.
 */
#ifndef STORE_RECORDING_H
#define STORE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/owner.h"
#include "model/sock.h"

struct recording;

/* How many bytes tell a recording from other files. */
#define RECORDING_FIRST_BYTES 16

/* Whether a file that begins with @first_bytes is a recording (an SQLite file). */
bool recording_is(const void *first_bytes, size_t size);

/*
 * NULL with @err set: not a recording, a newer version, damaged, not readable, or
 * SQLite is not there.  Nothing is ever written, neither to the file nor beside it
 * unless somebody is writing to it.
 */
struct recording *recording_open(const char *path, struct error *err);
void recording_close(struct recording *r); /* NULL is fine */

/* What it is a recording of.  Texts are NULL where not known. */
struct recording_info {
	const char *host;
	const char *kernel;
	const char *program; /* "connstate 0.1.0" */
	const char *filter;  /* of the sockets recorded */
	proto_set protos;    /* that were recorded at any time; 0: not known */
	uint64_t first_ms;   /* the first and the last poll; 0: there is none */
	uint64_t last_ms;
	uint64_t polls;
	uint32_t interval_ms;
};

/* Borrowed, valid until recording_close(). */
const struct recording_info *recording_info(const struct recording *r);

struct recorded_poll {
	uint64_t time_ms;
	uint64_t since_ms; /* 0: the first one, or the first after a gap */
	uint64_t sockets;
	uint64_t opened;
	uint64_t closed;
	uint64_t short_lived;
	uint64_t kernel_opened; /* these three where ->kernel_known */
	uint64_t kernel_closed;
	uint64_t unseen;
	bool kernel_known;
};

/*
 * The last poll at or before @time_ms; the first one at or after it.  1, 0 when there
 * is none (@out untouched), -1 with @err set.
 */
int recording_poll_before(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			  struct error *err);
int recording_poll_after(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			 struct error *err);

/* A socket as it was at a moment.  What it points to is borrowed, valid during the call. */
struct recorded_sock {
	struct sock sock;
	uint64_t id;		/* of the socket in the recording */
	uint64_t opened_ms;
	uint64_t closed_ms;	/* 0: it was there at the last poll */
	uint64_t state_since_ms;
	uint64_t state_until_ms; /* 0: the state went on at the last poll */
	bool opened_before;	/* it was there when recording began */
	enum state previous;	/* the state before this one; STATE_COUNT: none is known */
	uint64_t previous_since_ms;
	struct owners owners;
	const char *owner_reason; /* as it was recorded, or NULL */
	const char *cgroup_path;
	const char *unit;
	const char *container;
	const char *netns_name;
};

/* Takes one; nonzero ends the reading early, which is no error. */
typedef int recorded_sock_function(void *context, const struct recorded_sock *what);

/*
 * Every socket that was there at @time_ms, in the order of their numbers.  Queues are
 * known only at the last poll: what is recorded of them is their last value.  0, or -1
 * with @err set.
 */
int recording_sockets(struct recording *r, uint64_t time_ms, recorded_sock_function *take,
		      void *context, struct error *err);

/*
 * Every dwell that began after @since_ms and not later than @until_ms, in the order of
 * their beginnings: state_since_ms and state_until_ms tell when.
 */
int recording_dwells(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     recorded_sock_function *take, void *context, struct error *err);

/* A dwell that came to its end. */
struct recorded_end {
	uint64_t id;	/* of the socket */
	enum proto proto;
	enum addr_family family;
	enum state state;
	bool closed;	/* the socket was gone then: else it went on in another state */
};

/*
 * Every dwell that ended after @since_ms and not later than @until_ms, in the order of
 * sockets.  @take may not read from the same recording, here and above.
 */
int recording_ends(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_end *end), void *context,
		   struct error *err);

/* One stay of one socket. */
struct recorded_stay {
	enum state state;
	uint64_t since_ms;
	uint64_t until_ms; /* 0: it went on at the last poll */
};

/* The dwells of the socket number @id, in order. */
int recording_life(struct recording *r, uint64_t id,
		   int (*take)(void *context, const struct recorded_stay *stay), void *context,
		   struct error *err);

/* The counts of one poll, by protocol and state. */
struct recorded_counts {
	uint64_t time_ms;
	uint32_t v4[PROTO_COUNT][STATE_COUNT]; /* and those of protocols that are not IP */
	uint32_t v6[PROTO_COUNT][STATE_COUNT];
};

/* The counts of every poll after @since_ms and not later than @until_ms, in order. */
int recording_counts(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     int (*take)(void *context, const struct recorded_counts *counts),
		     void *context, struct error *err);

struct recorded_finding {
	const char *name;
	const char *subject;
	const char *severity;
	const char *evidence; /* or NULL */
	const char *owner;    /* or NULL */
	uint64_t since_ms;
	uint64_t until_ms; /* 0: it went on at the last poll */
	uint64_t sockets;
};

/* What was wrong at @time_ms, the worst first. */
int recording_findings(struct recording *r, uint64_t time_ms,
		       int (*take)(void *context, const struct recorded_finding *finding),
		       void *context, struct error *err);

/* When the first finding after @time_ms began.  1, 0: none, -1 with @err set. */
int recording_next_finding(struct recording *r, uint64_t time_ms, uint64_t *out,
			   struct error *err);

/* When the last finding before @time_ms began.  Returns the same. */
int recording_finding_before(struct recording *r, uint64_t time_ms, uint64_t *out,
			     struct error *err);

/* A stretch in which nothing was seen. */
struct recorded_gap {
	uint64_t since_ms;
	uint64_t until_ms; /* 0: it went on */
	const char *reason;
	uint64_t events; /* lost; 0: none or not known */
};

/* The gaps that touch the time from @since_ms to @until_ms, in order. */
int recording_gaps(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_gap *gap), void *context,
		   struct error *err);

#endif
