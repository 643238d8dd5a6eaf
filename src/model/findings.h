/*
 * Findings: what is wrong, with its evidence, its owner and what to do.
 *
 * The table of findings is in findings.c, their thresholds are in thresholds.def.
 * One struct findings is handed pass after pass (findings_run) and remembers of the
 * one before what it takes to tell growth, and since when something has been wrong.
 * It calls no clock and reads no file: all facts are in struct finding_input.
 */
#ifndef MODEL_FINDINGS_H
#define MODEL_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/counters.h"
#include "model/owner.h"
#include "model/proto.h"
#include "model/snapshot.h"
#include "model/tracker.h"

enum severity {
	SEVERITY_NONE,
	SEVERITY_WARNING,
	SEVERITY_CRITICAL,
};

enum threshold {
#define THRESHOLD(symbol, ...) THRESHOLD_##symbol,
#include "model/thresholds.def"
#undef THRESHOLD
	THRESHOLD_COUNT
};

enum threshold_unit {
	THRESHOLD_NUMBER,
	THRESHOLD_SECONDS,
	THRESHOLD_SHARE, /* 0.5 is 50 % */
};

struct threshold_info {
	const char *name; /* "close-wait.count": stable for ever */
	double value;	  /* the default */
	enum threshold_unit unit;
	const char *help;
};

struct finding_thresholds {
	double value[THRESHOLD_COUNT];
};

struct findings;
struct finding_row;
struct tally;

/* One row of the table. */
struct finding_info {
	const char *name;	   /* "close-wait": stable for ever */
	const char *title;	   /* a few words */
	const char *rule;	   /* when it is raised */
	const char *meaning;	   /* in plain words */
	const char *remedy;	   /* what to do */
	const char *confused_with; /* what looks alike and is something else */
	const char *sysctls;	   /* names separated by blanks, or NULL */
	const char *where;	   /* its sockets, but for the subject, as a filter; or NULL */
	state_set marked;	   /* states in which it shows */
	proto_set protos;	   /* it is about */
	state_set states;	   /* that @observe wants to see */
	unsigned int facts;	   /* enum fact: what it needs to know of a socket */
	bool two_passes;	   /* says nothing before the second pass */
	bool host;		   /* judged once a pass, by counters */
	bool owners_of_all;	   /* asks who holds each socket, not just those that ail */
	void (*observe)(struct findings *f, const struct finding_info *self,
			const struct finding_row *row);
	void (*judge)(struct findings *f, struct tally *t);
};

/* How many descriptors a process may have, and has. */
struct finding_limit {
	uint64_t limit;
	uint64_t used;
	bool used_known;
};

/* All that is known in one pass.  Pointers may be NULL (not known) but for @snapshot. */
struct finding_input {
	const struct snapshot *snapshot;
	const struct tracker *tracker; /* that has observed the same pass */
	const struct counters *counters;
	proto_set protos;      /* that were collected; 0: all */
	bool only_sockets;     /* the sockets are a selection: do not judge the host */
	bool few_owners;       /* leave out what wants the owners of all sockets */
	uint64_t counters_age_ns; /* how long the counters have been counting; 0: not known */
	uint64_t ports_reserved;  /* local ports of the range that are never given out */
	/* Whether @sk belongs to what is looked at; NULL: all do. */
	bool (*wanted)(void *context, const struct sock *sk);
	/* Who holds @sk; borrowed until the next call.  NULL: not known. */
	const struct owners *(*owners)(void *context, const struct sock *sk);
	/* The descriptors of process @pid into @out; false: not known. */
	bool (*limit)(void *context, uint32_t pid, struct finding_limit *out);
	void *context;
};

/* Something wrong.  Texts hold names chosen by others, as raw bytes. */
struct finding {
	const struct finding_info *info;
	enum severity severity;
	const char *subject;  /* process, listener, destination: "java[3121]" */
	const char *evidence; /* what was seen, with figures */
	const char *owner;    /* processes, or why there are none; NULL: does not apply */
	const char *filter;   /* its sockets in the filter language; NULL: there is none */
	uint64_t since_ns;    /* CLOCK_MONOTONIC */
	bool at_least;	      /* it may have been so for longer */
	uint64_t sockets;     /* how many it is about; 0: not about single ones */
	double weight;	      /* the greater the worse, among those of one severity */
};

/* The tables, borrowed, valid for ever. */
const struct finding_info *findings_all(size_t *count);
const struct finding_info *finding_find(const char *name); /* or NULL */
const struct threshold_info *threshold_info(enum threshold t);
const char *severity_name(enum severity s); /* "ok", "warning", "critical" */

/* The threshold called @name (of @len bytes), or THRESHOLD_COUNT. */
enum threshold threshold_find(const char *name, size_t len);

/* Set all to their defaults. */
void finding_thresholds_init(struct finding_thresholds *t);

/* The facts (enum fact) that all findings together need. */
unsigned int findings_facts(void);

/*
 * @thresholds is copied; NULL: the defaults.  NULL without memory.
 */
struct findings *findings_new(const struct finding_thresholds *thresholds);
void findings_free(struct findings *f); /* NULL is fine */

/* Judge a pass.  0, or -1 with @err set without memory: the findings are then incomplete. */
int findings_run(struct findings *f, const struct finding_input *input, struct error *err);

/*
 * The same in parts, so that other things can be done in between: begin, observe until
 * all sockets were seen, end.  @input and what it points to must stay until the end; what
 * findings_list() gave before stays valid until the end, its texts until the next
 * beginning.
 */
void findings_begin(struct findings *f, const struct finding_input *input);

/* Look at the next @max sockets; true when all have been seen. */
bool findings_observe(struct findings *f, size_t max);

/*
 * Forget what was observed since the beginning, and begin anew with the same pass: who has
 * noted for which sockets owners were asked can look these up, and answer now.
 */
void findings_observe_again(struct findings *f);

int findings_end(struct findings *f, struct error *err);

/*
 * What the last pass showed, worst first.  Borrowed, valid until the next
 * findings_run() or findings_free().
 */
const struct finding *findings_list(const struct findings *f, size_t *count);

/* The worst severity among them. */
enum severity findings_worst(const struct findings *f);

/*
 * Whether @info could not be judged in the last pass, as the source does not tell enough of
 * sockets that it may concern: /proc/net has no backlogs and no tcp_info.
 */
bool findings_unjudged(const struct findings *f, const struct finding_info *info);

/* Sockets that could not be sorted into groups: there were more than FINDINGS_GROUPS_MAX. */
#define FINDINGS_GROUPS_MAX 65536
uint64_t findings_left_out(const struct findings *f);

#endif
