/*
 * What the rules of findings work with; for findings*.c alone.
 *
 * A rule's observe() sees each socket in the states it names, and puts what concerns
 * it into a tally: one for each process, listener or destination.  When all sockets
 * were seen, judge() looks at each tally and raises a finding, or does not.
 */
#ifndef MODEL_FINDINGS_RULES_H
#define MODEL_FINDINGS_RULES_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/intern.h"
#include "model/findings.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

/* One socket of the pass. */
struct finding_row {
	const struct sock *sock;
};

enum subject {
	SUBJECT_HOST,
	SUBJECT_PROCESS,
	SUBJECT_LISTENER, /* one listening socket */
	SUBJECT_PORT,	  /* all that came in on a local port */
	SUBJECT_SOCKET,
	SUBJECT_PEER,	  /* address and port */
	SUBJECT_PEER_ADDRESS,
	SUBJECT_ROUTE, /* local address, and the peer's address and port */
};

/* What tells tallies apart; compared as bytes, so it is zeroed before it is filled. */
struct tally_key {
	uint64_t netns;
	uint64_t number[2]; /* process, cookie */
	struct endpoint local;
	struct endpoint peer;
	uint16_t finding; /* its place in the table */
	uint8_t subject;  /* enum subject */
	uint8_t proto;
};

#define TALLY_FIGURES 6
#define TALLY_OWNERS 4

struct tally_owner {
	uint32_t pid;
	const char *command;
};

struct tally {
	const struct finding_info *info;
	struct tally_key key;
	uint64_t count;
	uint64_t figure[TALLY_FIGURES]; /* as the rule likes; kept for the next pass */
	uint64_t mask[4];		/* of addresses: see tally_source() */
	uint64_t oldest_ns;		/* age of the oldest socket */
	bool oldest_known;
	bool at_least;
	uint64_t raised_ns; /* when the finding was first raised; 0: it is not */
	bool raised_first;  /* in the first pass of all */
	struct tally_owner owner[TALLY_OWNERS];
	uint8_t owners;
	bool more_owners;
	bool dual_stack;
	bool held;	      /* one of its sockets has an owner of its own */
	const char *why;      /* it has none, or one that is only behind it */
	const struct tally *before; /* the same in the pass before, or NULL: it was not there */
};

/* The tallies of one pass; the texts in them live until the pass after the next. */
struct findings_pass {
	struct intern keys;
	struct tally *tally; /* by the number of its key */
	size_t room;
	struct arena texts;
	struct counters counters;
	bool counters_known;
	uint64_t at_ns;
};

/* Counters whose usual rate is remembered. */
#define USUAL_COUNTERS 3

struct findings {
	struct finding_thresholds thresholds;
	struct findings_pass pass[2];
	struct findings_pass *now;
	struct findings_pass *before;
	const struct finding_input *input; /* from findings_begin() to findings_end() */
	size_t seen;			   /* sockets of it */
	uint64_t passes;
	double usual[USUAL_COUNTERS]; /* a second */
	double usual_span_s;	      /* over how long it was learned */
	uint64_t drops_tight; /* since the pass before, by listeners seen with little room */
	uint64_t drops_roomy; /* and by the others */
	struct finding *list;
	size_t count;
	size_t room;
	uint64_t left_out;
	uint64_t unjudged; /* 1 << the finding's place in the table */
	bool failed; /* no memory */
	struct buffer text;
};

/* The tally of @row under @subject, new or old, with @row noted in it; NULL: no room. */
struct tally *tally_row(struct findings *f, const struct finding_info *info,
			const struct finding_row *row, enum subject subject);

/* The same without counting @row. */
struct tally *tally_of(struct findings *f, const struct finding_info *info,
		       const struct finding_row *row, enum subject subject);
void tally_count(struct findings *f, struct tally *t, const struct finding_row *row);

/* Note the owners of @row. */
void tally_own(struct findings *f, struct tally *t, const struct finding_row *row);

/* The process that @t is about; all processes in it, or why there are none. */
void tally_put_process(struct buffer *out, const struct tally *t);
void tally_put_owners(struct buffer *out, const struct tally *t);

/* Note an address in a set of which only the size is asked for, and may be too small. */
void tally_source(struct tally *t, const struct endpoint *e);
unsigned int tally_sources(const struct tally *t);

/* The figure is at least that. */
void tally_most(struct tally *t, size_t figure, uint64_t value);

/* It has been so for @ms milliseconds, and maybe longer. */
void tally_since(struct tally *t, uint64_t ms);

double findings_threshold(const struct findings *f, enum threshold t);

/*
 * Whether @row has been in its state for the time of @t, as far as is known; where that is
 * not known at all @info is not judged.
 */
bool row_older(struct findings *f, const struct finding_info *info,
	       const struct finding_row *row, enum threshold t);

/* The rule of @info would have to know more of a socket than the source told. */
void findings_cannot_judge(struct findings *f, const struct finding_info *info);

/* Whether @ms milliseconds reach the time of @t. */
bool findings_lasted(const struct findings *f, uint64_t ms, enum threshold t);

/* The counter's value now; false: not known. */
bool findings_counter(const struct findings *f, enum counter c, uint64_t *value);

/* How far it grew since the pass before; false: not known. */
bool findings_growth(const struct findings *f, enum counter c, uint64_t *delta);

/* Whether @row was not there in the pass before. */
bool row_born(const struct findings *f, const struct finding_row *row);

/* Whether something was raised under @info in this pass. */
bool findings_raised(const struct findings *f, const struct finding_info *info);

/* Seconds since the pass before; 0: there was none. */
double findings_span_s(const struct findings *f);

/* The evidence: begun empty, written piece by piece, then raised. */
struct buffer *findings_evidence(struct findings *f);
void evidence_duration(struct buffer *out, uint64_t ns);
void evidence_share(struct buffer *out, double share);

void evidence_bytes(struct buffer *out, uint64_t bytes);

/* ", the oldest for at least 73 s"; nothing where that is not known. */
void evidence_oldest(struct buffer *out, const struct tally *t);

/* "3 sockets": with an s where @n is not one. */
void evidence_count(struct buffer *out, uint64_t n, const char *what);

void findings_raise(struct findings *f, struct tally *t, enum severity severity, double weight);

/* The rules, by file. */

/* findings_close.c: on the way to the end */
void close_wait_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row);
void close_wait_judge(struct findings *f, struct tally *t);
void unaccepted_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row);
void unaccepted_judge(struct findings *f, struct tally *t);
void fin_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row);
void fin_judge(struct findings *f, struct tally *t);
void fin_wait_2_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row);
void fin_wait_2_judge(struct findings *f, struct tally *t);

/* findings_open.c: listeners, and connections being opened */
void queue_observe(struct findings *f, const struct finding_info *self,
		   const struct finding_row *row);
void near_full_judge(struct findings *f, struct tally *t);
void full_judge(struct findings *f, struct tally *t);
void overflow_judge(struct findings *f, struct tally *t);
void syn_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row);
void syn_backlog_judge(struct findings *f, struct tally *t);
void syn_flood_judge(struct findings *f, struct tally *t);
void syn_sent_observe(struct findings *f, const struct finding_info *self,
		      const struct finding_row *row);
void syn_sent_judge(struct findings *f, struct tally *t);

/* findings_transfer.c: connections that are open, and UDP */
void peer_reads_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row);
void peer_reads_judge(struct findings *f, struct tally *t);
void not_reading_observe(struct findings *f, const struct finding_info *self,
			 const struct finding_row *row);
void not_reading_judge(struct findings *f, struct tally *t);
void no_answer_observe(struct findings *f, const struct finding_info *self,
		       const struct finding_row *row);
void no_answer_judge(struct findings *f, struct tally *t);
void retransmission_observe(struct findings *f, const struct finding_info *self,
			    const struct finding_row *row);
void retransmission_judge(struct findings *f, struct tally *t);
void half_open_observe(struct findings *f, const struct finding_info *self,
		       const struct finding_row *row);
void half_open_judge(struct findings *f, struct tally *t);
void udp_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row);
void udp_judge(struct findings *f, struct tally *t);

/* findings_limits.c: what runs out */
void ports_observe(struct findings *f, const struct finding_info *self,
		   const struct finding_row *row);
void ports_judge(struct findings *f, struct tally *t);
void buckets_judge(struct findings *f, struct tally *t);
void orphans_judge(struct findings *f, struct tally *t);
void memory_judge(struct findings *f, struct tally *t);
void conntrack_judge(struct findings *f, struct tally *t);
void resets_judge(struct findings *f, struct tally *t);
void resets_learn(struct findings *f);
void descriptors_observe(struct findings *f, const struct finding_info *self,
			 const struct finding_row *row);
void descriptors_judge(struct findings *f, struct tally *t);

#endif
