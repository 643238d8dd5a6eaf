/*
 * One moment of a recording: all that the live view shows of it.
 *
 * It depends on the recording and the time alone, not on the way there, so a moment
 * looks the same whenever and however it is come to.
 */
#ifndef APP_MOMENT_H
#define APP_MOMENT_H

#include "base/error.h"
#include "collect/collect.h"
#include "store/recording.h"
#include "ui/ui.h"

struct moment;

/* @r must live as long.  NULL without memory. */
struct moment *moment_new(struct recording *r);
void moment_free(struct moment *m); /* NULL is fine */

/*
 * Load what @request asks for, as of @poll.  0, or -1 with @err set: what was loaded
 * before is then lost in part.
 */
int moment_load(struct moment *m, const struct recorded_poll *poll,
		const struct collect_request *request, struct error *err);

/* Set what is known.  Borrowed, valid until the next but one moment_load(). */
void moment_data(const struct moment *m, struct ui_data *data);

/* The states of @sk, up to this moment, into @out: none where they are not known. */
int moment_life(const struct moment *m, const struct sock *sk, struct ui_life *out,
		struct error *err);

/* What is to be said about the moment: that there is a gap before it; or NULL. */
const char *moment_note(const struct moment *m);

#endif
