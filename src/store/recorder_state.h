/*
 * What the parts of the recorder share: recorder.c (polls), recorder_open.c (the file
 * and what it holds already), recorder_rows.c (rows), recorder_owners.c (who holds
 * sockets), recorder_prune.c (limits).
 */
#ifndef STORE_RECORDER_STATE_H
#define STORE_RECORDER_STATE_H

#include "model/state.h"
#include "store/live.h"
#include "store/recorder.h"
#include "store/recorder_db.h"

enum { FAMILY_OTHER, FAMILY_IP4, FAMILY_IP6, FAMILIES };

#define REASON_BYTES 256

struct poll_counts {
	uint32_t sockets[PROTO_COUNT][STATE_COUNT][FAMILIES];
	uint64_t all;
	uint64_t opened;
	uint64_t closed;
	uint64_t short_lived;
};

struct recorder {
	struct recorder_db db;
	struct live live;
	uint64_t keep_ms;
	uint64_t max_bytes;
	uint64_t stall_ms; /* this long without a poll is a gap */
	uint64_t state_id[STATE_COUNT];
	uint64_t proto_id[PROTO_COUNT];
	uint64_t now_ms;     /* of the poll under way */
	uint64_t last_ms;    /* of the last poll written; 0: none */
	uint64_t gap_ms;     /* since when nothing was seen; 0: there is no gap */
	char gap_reason[REASON_BYTES];
	uint64_t shift_ms;   /* added to the caller's clock, which was set back */
	bool open;	     /* a transaction is */
	bool first;	     /* the first poll of the recording */
	uint64_t rows;	     /* written in this poll */
	struct poll_counts counts;
	uint64_t pages_max;  /* of the file, with all its allowances; 0: no limit */
	uint64_t floor_ms;   /* what ended before must go, for the size's sake */
	bool floor_reached;  /* and is gone */
	bool oversize;	     /* the file is larger than it may be: the limit was lowered */
	bool squeeze;	     /* the file is as large as it may be: make room first */
};

/* Rows (recorder_rows.c).  All return 0, or -1 with @err set. */
int rows_add_socket(struct recorder *r, const struct sock *sk,
		    const struct recorder_details *details, uint64_t opened_ms, bool before,
		    uint64_t *id, struct error *err);
int rows_set_owners(struct recorder *r, uint64_t socket, const struct recorder_details *details,
		    struct error *err);
/* Does the file say that @owner holds it?  1, 0, or -1 with @err set. */
int rows_is_holder(struct recorder *r, uint64_t socket, const struct owner *owner,
		   struct error *err);
int rows_delete_holders(struct recorder *r, uint64_t socket, struct error *err);
int rows_add_dwell(struct recorder *r, const struct live_state *state, struct error *err);
int rows_end_dwell(struct recorder *r, const struct live_state *state, uint64_t until_ms,
		   struct error *err);
int rows_close_socket(struct recorder *r, const struct live_socket *s, uint64_t closed_ms,
		      const char *by, struct error *err);
int rows_add_poll(struct recorder *r, const struct recorder_kernel *kernel, struct error *err);
int rows_add_gap(struct recorder *r, uint64_t since_ms, uint64_t until_ms, const char *reason,
		 uint64_t events, struct error *err);
int rows_set_info(struct recorder *r, const char *name, const char *text, struct error *err);
int rows_set_number(struct recorder *r, const char *name, uint64_t number, struct error *err);

/* Owners (recorder_owners.c): @details are written with the socket, or were now. */
#define OWNERS_RANK_MOST 4
void owners_written(struct live_state *now, const struct recorder_details *details);
int owners_renew(struct recorder *r, uint32_t number, const struct recorder_details *details,
		 struct error *err);

/* Limits (recorder_prune.c): make room in a slice; after the commit, give pages back. */
int prune_slice(struct recorder *r, struct error *err);
void prune_set_limit(struct recorder *r);
void prune_shrink(struct recorder *r);

#endif
