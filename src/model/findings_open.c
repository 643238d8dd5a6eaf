/* Rules about listeners and connections being opened: see findings_rules.h. */
#include "config.h"

#include "model/findings_rules.h"

/* Of a listener. */
enum { QUEUE_KNOWN, QUEUE, BACKLOG, DROPS_KNOWN, DROPS, BORN };

/* Of a port: half-open connections and the listeners' limits. */
enum { REQUESTS, UNANSWERED, LIMIT, ACCEPT_FULL, LIMIT_UNKNOWN };

/* Of a destination. */
enum { SYN_SENT_AGAIN };

/* More sources than that can't be told apart. */
#define SOURCES_MAX 200

static bool knows_drops(const struct sock *sk)
{
	return sk->has & SOCK_HAS_MEMORY && sk->memory_known > MEMORY_DROPS;
}

/* How many this listener dropped since the pass before, for whatever reason. */
static uint64_t dropped(const struct findings *f, const struct tally *t)
{
	uint64_t before = t->before ? t->before->figure[DROPS] : 0;

	if (f->passes < 2 || !t->figure[DROPS_KNOWN])
		return 0;
	if (t->before ? !t->before->figure[DROPS_KNOWN] : !t->figure[BORN])
		return 0;
	return t->figure[DROPS] > before ? t->figure[DROPS] - before : 0;
}

/* So much of the backlog waits that the queue may well have been full in between. */
static bool is_tight(const struct findings *f, const struct tally *t)
{
	return !t->figure[QUEUE_KNOWN] ||
	       (double)t->figure[QUEUE] >= findings_threshold(f, THRESHOLD_NEAR_FULL_SHARE) *
						   (double)t->figure[BACKLOG];
}

static bool was_tight(const struct findings *f, const struct tally *t)
{
	return is_tight(f, t) || (t->before && is_tight(f, t->before));
}

static void note_drops(struct findings *f, const struct tally *t)
{
	if (was_tight(f, t))
		f->drops_tight += dropped(f, t);
	else
		f->drops_roomy += dropped(f, t);
}

void queue_observe(struct findings *f, const struct finding_info *self,
		   const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t = tally_of(f, self, row, SUBJECT_LISTENER);

	if (!t)
		return;
	t->dual_stack = sk->local.family == ADDR_V6 && !(sk->has & SOCK_HAS_V6ONLY && sk->v6only);
	t->figure[QUEUE_KNOWN] = sk->has & SOCK_HAS_QUEUES && !(sk->has & SOCK_NO_BACKLOG);
	t->figure[QUEUE] = sk->recv_queue;
	t->figure[BACKLOG] = sk->send_queue;
	t->figure[DROPS_KNOWN] = knows_drops(sk);
	t->figure[DROPS] = knows_drops(sk) ? sk->memory[MEMORY_DROPS] : 0;
	t->figure[BORN] = row_born(f, row);
	if (self->judge == overflow_judge)
		note_drops(f, t);
	tally_own(f, t, row);
}

/* The kernel lets one more than the backlog in. */
static bool is_full(const struct tally *t)
{
	return t->figure[QUEUE_KNOWN] && t->figure[QUEUE] > t->figure[BACKLOG];
}

static bool is_near_full(const struct findings *f, const struct tally *t)
{
	double backlog = (double)t->figure[BACKLOG];
	double waiting = (double)t->figure[QUEUE];

	return t->figure[QUEUE_KNOWN] &&
	       waiting >= findings_threshold(f, THRESHOLD_NEAR_FULL_LEAST) &&
	       waiting >= findings_threshold(f, THRESHOLD_NEAR_FULL_SHARE) * backlog;
}

/*
 * How many this listener dropped since the pass before for want of room in its queue.  The
 * kernel counts overflows of all listeners together, and drops of each for whatever reason.
 * A queue that was seen with room in it may have overflowed in between; but only where no
 * queue with little room explains the overflows, and as far as the drops of the others do
 * not.  In a selection others are not seen: it takes as many drops as overflows.
 */
static uint64_t overflowed(const struct findings *f, const struct tally *t)
{
	uint64_t drops = dropped(f, t);
	uint64_t others = f->drops_roomy - drops;
	uint64_t growth;
	bool known = findings_growth(f, COUNTER_LISTEN_OVERFLOWS, &growth);

	if (was_tight(f, t))
		return known && !growth ? 0 : drops;
	if (!known || f->drops_tight || growth <= others)
		return 0;
	if (f->input->only_sockets)
		return growth == f->drops_roomy ? drops : 0;
	return growth - others < drops ? growth - others : drops;
}

static bool overflows(const struct findings *f, const struct tally *t)
{
	double drops = (double)overflowed(f, t);

	return drops > 0 && drops >= findings_threshold(f, THRESHOLD_OVERFLOW_COUNT);
}

static void put_queue(struct buffer *out, const struct tally *t)
{
	if (!t->figure[QUEUE_KNOWN])
		return;
	buffer_put_u64(out, t->figure[QUEUE]);
	buffer_puts(out, t->figure[QUEUE] == 1 ? " waits" : " wait");
	buffer_puts(out, " for accept(), the backlog is ");
	buffer_put_u64(out, t->figure[BACKLOG]);
}

/* Whether the program or the kernel limits the backlog. */
static void put_cap(struct buffer *out, const struct findings *f, const struct tally *t)
{
	uint64_t somaxconn;

	if (!t->figure[QUEUE_KNOWN] || !findings_counter(f, COUNTER_SOMAXCONN, &somaxconn))
		return;
	if (t->figure[BACKLOG] >= somaxconn)
		buffer_puts(out, ", which is all that somaxconn allows");
	else
		buffer_printf(out, ", as listen() asked for (somaxconn allows %llu)",
			      (unsigned long long)somaxconn);
}

static void put_drops(struct buffer *out, const struct findings *f, uint64_t drops)
{
	evidence_count(out, drops, "connection");
	buffer_puts(out, " dropped in ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
}

/* Overflows that the kernel counted and no listener admits. */
static void judge_unattributed(struct findings *f, struct tally *host)
{
	struct buffer *out = findings_evidence(f);
	uint64_t growth;

	if (!findings_growth(f, COUNTER_LISTEN_OVERFLOWS, &growth) || !growth ||
	    (double)growth < findings_threshold(f, THRESHOLD_OVERFLOW_COUNT) ||
	    findings_raised(f, host->info))
		return;
	put_drops(out, f, growth);
	buffer_puts(out, "; by which listener is not known");
	findings_raise(f, host, SEVERITY_CRITICAL, (double)growth);
}

void overflow_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	uint64_t growth;

	if (t->key.subject == SUBJECT_HOST) {
		judge_unattributed(f, t);
		return;
	}
	if ((!t->figure[DROPS_KNOWN] || dropped(f, t)) &&
	    !findings_growth(f, COUNTER_LISTEN_OVERFLOWS, &growth))
		findings_cannot_judge(f, t->info);
	if (!overflows(f, t))
		return;
	put_drops(out, f, overflowed(f, t));
	if (t->figure[QUEUE_KNOWN])
		buffer_puts(out, "; ");
	put_queue(out, t);
	put_cap(out, f, t);
	findings_raise(f, t, SEVERITY_CRITICAL, (double)overflowed(f, t));
}

void full_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if (!t->figure[QUEUE_KNOWN] && t->figure[QUEUE])
		findings_cannot_judge(f, t->info);
	if (!is_full(t) || overflows(f, t))
		return;
	if (f->passes > 1 && !(t->before && is_full(t->before)))
		return;
	put_queue(out, t);
	put_cap(out, f, t);
	findings_raise(f, t, SEVERITY_CRITICAL, (double)t->figure[QUEUE]);
}

void near_full_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if (!t->figure[QUEUE_KNOWN] &&
	    (double)t->figure[QUEUE] >= findings_threshold(f, THRESHOLD_NEAR_FULL_LEAST))
		findings_cannot_judge(f, t->info);
	if (!is_near_full(f, t) || is_full(t) || overflows(f, t))
		return;
	if (f->passes > 1 && !(t->before && is_near_full(f, t->before)))
		return;
	put_queue(out, t);
	put_cap(out, f, t);
	findings_raise(f, t, SEVERITY_WARNING, (double)t->figure[QUEUE]);
}

static void note_listener(struct findings *f, struct tally *t, const struct finding_row *row)
{
	const struct sock *sk = row->sock;

	if (sk->has & SOCK_HAS_QUEUES && !(sk->has & SOCK_NO_BACKLOG)) {
		t->figure[LIMIT] += sk->send_queue;
		t->figure[ACCEPT_FULL] |= sk->recv_queue > sk->send_queue;
	} else {
		t->figure[LIMIT_UNKNOWN] = 1;
	}
	tally_own(f, t, row);
}

void syn_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (sk->state != STATE_LISTEN && sk->kind != SOCK_REQUEST)
		return;
	t = tally_of(f, self, row, SUBJECT_PORT);
	if (!t)
		return;
	if (sk->state == STATE_LISTEN) {
		note_listener(f, t, row);
		return;
	}
	t->count++;
	t->figure[REQUESTS]++;
	t->figure[UNANSWERED] += sk->has & SOCK_HAS_TIMER && sk->retransmits;
	tally_source(t, &sk->peer);
}

/* With a full accept queue half-open connections are a consequence. */
static bool is_pressed(struct findings *f, const struct tally *t)
{
	double requests = (double)t->figure[REQUESTS];

	if (requests < findings_threshold(f, THRESHOLD_SYN_BACKLOG_LEAST))
		return false;
	if (t->figure[LIMIT_UNKNOWN])
		findings_cannot_judge(f, t->info);
	return t->figure[LIMIT] && !t->figure[ACCEPT_FULL] &&
	       requests >= findings_threshold(f, THRESHOLD_SYN_BACKLOG_SHARE) *
				   (double)t->figure[LIMIT];
}

static bool completes(const struct findings *f, const struct tally *t)
{
	uint64_t growth;

	return findings_growth(f, COUNTER_PASSIVE_OPENS, &growth) &&
	       (double)growth >= findings_threshold(f, THRESHOLD_SYN_FLOOD_COMPLETED) *
					 (double)t->figure[REQUESTS];
}

static bool is_flood(struct findings *f, const struct tally *t)
{
	double sources = findings_threshold(f, THRESHOLD_SYN_FLOOD_SOURCES);
	double unanswered = findings_threshold(f, THRESHOLD_SYN_FLOOD_UNANSWERED);

	if (sources > SOURCES_MAX)
		sources = SOURCES_MAX;
	return is_pressed(f, t) && (double)tally_sources(t) >= sources &&
	       (double)t->figure[UNANSWERED] >= unanswered * (double)t->figure[REQUESTS] &&
	       !completes(f, t);
}

static void raise_port(struct findings *f, struct tally *t, enum severity severity)
{
	struct buffer *out = findings_evidence(f);

	buffer_put_u64(out, t->figure[REQUESTS]);
	buffer_puts(out, " half-open, from ");
	evidence_count(out, tally_sources(t), "source");
	buffer_puts(out, tally_sources(t) >= SOURCES_MAX ? " or more" : "");
	buffer_puts(out, "; the SYN,ACK was sent again for ");
	buffer_put_u64(out, t->figure[UNANSWERED]);
	buffer_puts(out, "; the backlog is ");
	buffer_put_u64(out, t->figure[LIMIT]);
	findings_raise(f, t, severity, (double)t->figure[REQUESTS]);
}

/* Cookies stand for requests that the kernel does not keep: they can only be counted. */
struct cookies {
	uint64_t sent;
	uint64_t received;
	bool flood;
};

static bool count_cookies(const struct findings *f, struct cookies *c)
{
	*c = (struct cookies){ 0 };
	if (!findings_growth(f, COUNTER_SYNCOOKIES_SENT, &c->sent) || !c->sent)
		return false;
	if (!findings_growth(f, COUNTER_SYNCOOKIES_RECV, &c->received))
		return false;
	c->flood = (double)c->received < findings_threshold(f, THRESHOLD_SYN_FLOOD_COMPLETED) *
						 (double)c->sent;
	return true;
}

static void raise_cookies(struct findings *f, struct tally *host, const struct cookies *c,
			  enum severity severity)
{
	struct buffer *out = findings_evidence(f);

	evidence_count(out, c->sent, "SYN cookie");
	buffer_puts(out, " sent in ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
	buffer_puts(out, ", ");
	buffer_put_u64(out, c->received);
	buffer_puts(out, " came back");
	findings_raise(f, host, severity, (double)c->sent);
}

void syn_flood_judge(struct findings *f, struct tally *t)
{
	struct cookies cookies;

	if (t->key.subject != SUBJECT_HOST) {
		if (is_flood(f, t))
			raise_port(f, t, SEVERITY_CRITICAL);
	} else if (count_cookies(f, &cookies) && cookies.flood && !findings_raised(f, t->info)) {
		raise_cookies(f, t, &cookies, SEVERITY_CRITICAL);
	}
}

static void judge_syn_drops(struct findings *f, struct tally *host)
{
	struct buffer *out = findings_evidence(f);
	uint64_t drops;

	if (!findings_growth(f, COUNTER_REQUEST_QUEUE_FULL_DROPS, &drops) || !drops)
		return;
	evidence_count(out, drops, "SYN");
	buffer_puts(out, " dropped in ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
	buffer_puts(out, ": the SYN queue was full");
	findings_raise(f, host, SEVERITY_WARNING, (double)drops);
}

void syn_backlog_judge(struct findings *f, struct tally *t)
{
	struct cookies cookies;

	if (t->key.subject != SUBJECT_HOST) {
		if (is_pressed(f, t) && !is_flood(f, t))
			raise_port(f, t, SEVERITY_WARNING);
		return;
	}
	if (findings_raised(f, t->info))
		return;
	if (!count_cookies(f, &cookies))
		judge_syn_drops(f, t);
	else if (!cookies.flood)
		raise_cookies(f, t, &cookies, SEVERITY_WARNING);
}

void syn_sent_observe(struct findings *f, const struct finding_info *self,
		      const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_TIMER) ||
	    (double)sk->retransmits < findings_threshold(f, THRESHOLD_SYN_SENT_RETRANSMITS))
		return;
	t = tally_row(f, self, row, SUBJECT_PEER);
	if (t)
		tally_most(t, SYN_SENT_AGAIN, sk->retransmits);
}

void syn_sent_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	bool critical = (double)t->count >= findings_threshold(f, THRESHOLD_SYN_SENT_CRITICAL);

	if ((double)t->count < findings_threshold(f, THRESHOLD_SYN_SENT_COUNT))
		return;
	evidence_count(out, t->count, "attempt");
	buffer_puts(out, " to connect");
	evidence_oldest(out, t);
	buffer_puts(out, "; SYN sent again up to ");
	evidence_count(out, t->figure[SYN_SENT_AGAIN], "time");
	findings_raise(f, t, critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, (double)t->count);
}
