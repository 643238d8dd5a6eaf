/*
 * The sockets of stays, with all that a recording knows of them.  For recording*.c only.
 */
#ifndef STORE_RECORDING_READER_H
#define STORE_RECORDING_READER_H

#include "store/recording_shared.h"
#include "store/recording_stays.h"

/* What it gives is valid until the next socket. */
struct reader {
	struct recording *r;
	recorded_sock_function *take;
	void *context;
	bool at_end; /* as of the last poll */
	bool ended; /* by the one who takes */
	struct shared shared;
	struct arena texts;
	struct owner *owners;
	size_t owner_count;
	size_t owner_room;
	struct recorded_sock out;
};

void reader_fini(struct reader *reader);

/*
 * Read the socket of each of @stays, which are complete, and hand them on in that order.
 * What this program has no name for is left out.  0, or -1 with @err set.
 */
int reader_read(struct reader *reader, const struct stays *stays, struct error *err);

#endif
