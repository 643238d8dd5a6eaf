/*
 * Where the live view gets its data: the kernel (live.c), a recording (playback.c).
 *
 * Work is done in steps between keys: begin() says that there is some, step() does a
 * part of it and tells when there is news.
 */
#ifndef APP_FEED_H
#define APP_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/collect.h"
#include "ui/ui.h"

struct feed_class {
	void (*close)(void *self);

	/* What is wanted from the next step on. */
	void (*set_request)(void *self, const struct collect_request *request);
	void (*set_interval)(void *self, unsigned int interval_ms);

	/* When begin() is due, CLOCK_MONOTONIC; UINT64_MAX: whenever something is asked. */
	uint64_t (*due_ns)(const void *self);

	/* There is something to do, with @facts for every socket. */
	void (*begin)(void *self, unsigned int facts);
	bool (*busy)(const void *self);

	/* Go on for some milliseconds.  With @hold the published snapshot stays what it is. */
	bool (*step)(void *self, bool hold);

	/*
	 * What is known now.  Borrowed, valid until the next step that brings news; the
	 * snapshot until the next but one.
	 */
	void (*data)(const void *self, struct ui_data *data);

	/* @count sockets with all @facts, valid until the next call; NULL: not possible. */
	const struct snapshot *(*exact)(void *self, const struct sock *socks, size_t count,
					unsigned int facts);

	/* Find out what data->source tells of these sockets; it may take until !looking(). */
	void (*look_up)(void *self, const struct sock *socks, size_t count);

	/* The same of all of @s, in slices.  True when that is known. */
	bool (*look_up_all)(void *self, const struct snapshot *s);

	/* Time went by unseen: the process was stopped. */
	void (*resume)(void *self);

	/* Move as request->travel says. */
	void (*travel)(void *self, const struct ui_request *request);

	/* What follows may be NULL: there is no such thing. */

	/* Of the kind that loops wait for, or -1; heard() is to be called when it can be read. */
	int (*fd)(const void *self);
	void (*heard)(void *self);

	/* Owners are being looked up in the background. */
	bool (*looking)(void *self);

	/* What was looked up has been lost: it is looked up anew. */
	void (*forget)(void *self);

	/* News are handed to the view, which knows @facts of every socket; @selected: only of
	 * those that a filter chose. */
	void (*delivered)(void *self, unsigned int facts, bool selected);

	/* What is wrong is judged in steps; true when there is another judgment. */
	bool (*judging)(const void *self);
	bool (*judge)(void *self);
};

struct feed {
	const struct feed_class *class;
	void *self;
};

static inline bool feed_looking(const struct feed *f)
{
	return f->class->looking && f->class->looking(f->self);
}

static inline bool feed_judging(const struct feed *f)
{
	return f->class->judging && f->class->judging(f->self);
}

static inline void feed_forget(const struct feed *f)
{
	if (f->class->forget)
		f->class->forget(f->self);
}

static inline void feed_delivered(const struct feed *f, unsigned int facts, bool selected)
{
	if (f->class->delivered)
		f->class->delivered(f->self, facts, selected);
}

#endif
