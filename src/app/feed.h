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

	/* What is known now.  Borrowed, valid until the next step that brings news. */
	void (*data)(const void *self, struct ui_data *data);

	/* @count sockets with all @facts, valid until the next call; NULL: not possible. */
	const struct snapshot *(*exact)(void *self, const struct sock *socks, size_t count,
					unsigned int facts);

	/*
	 * Find out what data->source tells of these sockets.  0, or -1 with @err set
	 * without memory.
	 */
	int (*look_up)(void *self, const struct sock *socks, size_t count, struct error *err);
	int (*look_up_all)(void *self, const struct snapshot *s, unsigned int facts,
			   struct error *err);

	/* Time went by unseen: the process was stopped. */
	void (*resume)(void *self);

	/* Move as request->travel says. */
	void (*travel)(void *self, const struct ui_request *request);
};

struct feed {
	const struct feed_class *class;
	void *self;
};

#endif
