/*
 * Findings for people and for programs: a monitoring plugin's line, blocks of text, rows.
 */
#ifndef APP_FINDINGS_REPORT_H
#define APP_FINDINGS_REPORT_H

#include "app/document.h"
#include "app/options.h"
#include "base/buffer.h"
#include "model/findings.h"

struct findings_report {
	const struct finding *list; /* the worst first */
	size_t count;
	enum dialect names; /* of states in the texts */
	uint64_t left_out; /* sockets that could not be judged */
	const struct document_origin *origin; /* for documents; NULL: here and now */
	uint64_t at_ns;	  /* of the last pass: CLOCK_MONOTONIC */
	uint64_t wall_ns; /* the same, since the epoch */
	const char *source;  /* what the sockets were read from, as documents have it */
	const char *why;     /* why that is not netlink, or NULL */
	const char *trouble; /* why the counters were not looked at, or NULL */
	const char *incomplete; /* what is missing of a saved source, or NULL */
	const char *unjudged; /* findings for which too little is known of sockets, or NULL */
	bool no_counters; /* they belong to what was asked for */
	/* The value of a sysctl on this host, valid until the next call, or NULL. */
	const char *(*sysctl)(void *context, const char *name);
	void *context;
};

/*
 * The exit status: that of the worst finding; where there is none, unknown as soon as
 * something of what was asked for could not be judged.
 */
int findings_report_status(const struct findings_report *report);

/* "CONNSTATE CRITICAL - ..." with performance data, then a block a finding. */
void findings_report_text(struct buffer *out, const struct findings_report *report);

/* Can findings be written as @o says?  0, or -1 with @err set: wrong usage. */
int findings_report_check(const struct options *o, struct error *err);

/* One row a finding, in the format of @o.  0, or -1 with @err set. */
int findings_report_rows(const struct findings_report *report, const struct options *o,
			 struct error *err);

#endif
