/*
 * A recording in the place of the kernel: its sockets at a moment, for the collector,
 * and what was known of them, for rows.  Nothing of this host gets in.
 */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include <stdint.h>

#include "app/document.h"
#include "app/options.h"
#include "collect/collect.h"
#include "query/columns.h"
#include "store/recording.h"

struct replay;

/*
 * Open the recording that @o names, at the moment and with the span that @o asks for;
 * @out is NULL where @o names none, or a dump.  Says what is strange about the moment.
 * An exit status; where it is not EXIT_DONE, @err is set.
 */
int replay_open(struct replay **out, const struct options *o, struct error *err);
void replay_close(struct replay *r); /* NULL is fine */

/* What the collector reads; it does not own @r. */
void replay_source(struct replay *r, struct saved_source *out);

/* Go to the moment @text.  An exit status, as replay_open(). */
int replay_go(struct replay *r, const char *text, struct error *err);

struct recording *replay_recording(const struct replay *r);
uint64_t replay_at_ms(const struct replay *r);

/* What --since and --until ask for, within the recording. */
uint64_t replay_since_ms(const struct replay *r);
uint64_t replay_until_ms(const struct replay *r);

/*
 * Say on standard error what was not seen between --since and --until.  0, or -1 with
 * @err set.
 */
int replay_say_gaps(struct replay *r, struct error *err);

/* For documents.  Borrowed, valid until replay_close(). */
const struct document_origin *replay_origin(const struct replay *r);

/* Whether @request asks for @sk. */
bool replay_asked(const struct collect_request *request, const struct sock *sk);

/*
 * Complete @row with what was known of its socket, which the collector has read of the
 * moment, or of @what at @time_ms.  Texts are valid until the next call.
 */
void replay_complete(struct replay *r, struct row *row);
void replay_row(struct replay *r, const struct recorded_sock *what, uint64_t time_ms,
		struct row *row);

#endif
