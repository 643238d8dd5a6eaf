/*
 * How many sockets there are in each state: see census.h.
 *
 * A dump costs a microsecond a socket, and nearly all sockets of a busy host are in
 * ESTABLISHED or TIME-WAIT.  So only the rare states are read, and these two are
 * derived:
 *
 *   sockstat  TCP inuse, TCP6 inuse = sockets in LISTEN and all other full ones
 *   snmp      CurrEstab             = ESTABLISHED + CLOSE-WAIT
 *   sockstat  tw                    = TIME-WAIT + FIN-WAIT-2 after close()
 *
 * ESTABLISHED can be had in two ways; where they disagree (kernels before 6.10 let
 * CurrEstab drift, RFC 1213's counter is all there is of some containers) the
 * counters are not trusted and every socket is counted.  TIME-WAIT has no
 * count a family, so it is derived only when reading it would be dear.
 */
#include "config.h"

#include "app/census.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/counters.h"

/* Up to so many TIME-WAIT sockets are read, with their families; about 1 ms. */
#define TIME_WAIT_READ_MOST 2000
/* Attempts before counters that disagree are held for wrong, not just late. */
#define ATTEMPTS 3

#define BIT_ESTABLISHED STATE_BIT(STATE_ESTABLISHED)
#define BIT_TIME_WAIT STATE_BIT(STATE_TIME_WAIT)

struct tally {
	struct sink sink;
	struct census *census;
	uint64_t full[2]; /* TCP sockets that "inuse" counts */
	uint64_t minis;	  /* FIN-WAIT-2 minisocks */
};

void census_note(struct census_count *count, const struct sock *sk)
{
	count->total++;
	count->family_unknown |= sk->local.family == ADDR_NONE;
	count->family[sk->local.family == ADDR_V6]++;
}

void census_sum(struct census_count *sum, const struct census_count *c)
{
	sum->unknown |= c->unknown;
	sum->total += c->total;
	sum->family[0] += c->family[0];
	sum->family[1] += c->family[1];
	sum->family_unknown |= c->family_unknown && c->total;
}

struct value census_total(const struct census_count *c)
{
	return c->unknown ? value_none() : value_count(c->total);
}

struct value census_family(const struct census_count *c, enum proto proto, const struct options *o,
			   unsigned int family)
{
	if (proto_info(proto)->family != AF_INET || !(options_families(o) & family) ||
	    c->unknown || (c->family_unknown && c->total))
		return value_none();
	return value_count(c->family[family == FAMILY_V6]);
}

static int tally_push(struct sink *sink, const struct sock *sk)
{
	struct tally *t = sink_of(sink, struct tally, sink);
	size_t family = sk->local.family == ADDR_V6;

	census_note(&t->census->count[sk->proto][sk->state], sk);
	if (sk->proto != PROTO_TCP)
		return 0;
	t->full[family] += sk->kind == SOCK_FULL && sk->state != STATE_BOUND &&
			   sk->state != STATE_CLOSED;
	t->minis += sk->kind == SOCK_MINI && sk->state == STATE_FIN_WAIT_2;
	return 0;
}

/* Each pass has its own reason not to read netlink, or the same. */
static void take_reason(struct census *census, const char *why)
{
	size_t used = strlen(census->why);

	if (!strstr(census->why, why))
		snprintf(census->why + used, sizeof(census->why) - used, "%s%s", used ? "; " : "",
			 why);
	census->report.why = census->why;
}

/* Remember what the pass read, and what it could not. */
static void take_report(struct census *census, const struct session *s)
{
	const struct collect_report *report = collector_report(s->collector);
	struct collect_report *sum = &census->report;

	collect_report_add(sum, report);
	if (report->unasked)
		take_reason(census, report->why);
	for (size_t p = 0; p < PROTO_COUNT; p++)
		for (size_t i = 0; i < STATE_COUNT; i++)
			census->count[p][i].unknown |= report->untold_states[p] & STATE_BIT(i);
	if (sum->from_netlink || sum->from_proc)
		collect_report_name(sum, census->sources, sizeof(census->sources));
	else
		sum->source = report->source;
}

/* Begin anew with the counts of @protos. */
static void tally_reset(struct tally *t, proto_set protos)
{
	struct census *census = t->census;

	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (protos & PROTO_BIT(p))
			memset(census->count[p], 0, sizeof(census->count[p]));
	*t = (struct tally){ .sink.push = tally_push, .census = census };
}

/* Count the sockets of @protos as they come, those in @left_out not. */
static int tally_run(struct tally *t, struct session *s, proto_set protos, state_set left_out,
		     struct error *err)
{
	const struct collect_request asked = s->request;
	int failed;

	tally_reset(t, protos);
	s->request.protos &= protos;
	s->request.states &= ~left_out;
	failed = session_run(s, &t->sink, err);
	s->request = asked;
	take_report(t->census, s);
	return failed;
}

static int tally_row(void *context, const struct row *row)
{
	struct tally *t = context;

	return tally_push(&t->sink, row->sock);
}

/* The same of a filter that needs look-ups: sockets are kept until those are made. */
static int tally_collected(struct tally *t, struct session *s, struct error *err)
{
	int failed;

	tally_reset(t, options_protos(s->o));
	failed = session_each(s, NULL, 0, tally_row, t, err);
	take_report(t->census, s);
	return failed;
}

/* Whether the counters speak of what is asked for: all of TCP, of this namespace. */
static bool counters_apply(const struct session *s, const struct counters *k)
{
	const struct options *o = s->o;
	static const enum counter needed[] = { COUNTER_CURR_ESTAB, COUNTER_TCP_INUSE,
					       COUNTER_TCP_MINISOCKS };

	if (o->exact || o->from || o->all_namespaces || s->filter || o->no_netlink ||
	    o->proc_root || o->listening ||
	    options_families(o) != (FAMILY_V4 | FAMILY_V6))
		return false;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!counters_know(k, needed[i]))
			return false;
	return true;
}

/* ESTABLISHED from the counters; false where two ways of telling disagree. */
static bool derive_established(struct tally *t, const struct counters *k)
{
	struct census_count *counts = t->census->count[PROTO_TCP];
	uint64_t v4 = k->value[COUNTER_TCP_INUSE];
	uint64_t v6 = counters_know(k, COUNTER_TCP6_INUSE) ? k->value[COUNTER_TCP6_INUSE] : 0;
	uint64_t current = k->value[COUNTER_CURR_ESTAB];

	if (v4 < t->full[0] || v6 < t->full[1] || current < counts[STATE_CLOSE_WAIT].total)
		return false;
	v4 -= t->full[0];
	v6 -= t->full[1];
	if (v4 + v6 != current - counts[STATE_CLOSE_WAIT].total)
		return false;
	counts[STATE_ESTABLISHED] =
		(struct census_count){ .total = v4 + v6, .family = { v4, v6 } };
	return true;
}

static bool derive_time_wait(struct tally *t, const struct counters *k)
{
	if (k->value[COUNTER_TCP_MINISOCKS] < t->minis)
		return false;
	t->census->count[PROTO_TCP][STATE_TIME_WAIT] = (struct census_count){
		.total = k->value[COUNTER_TCP_MINISOCKS] - t->minis,
		.family_unknown = true,
	};
	return true;
}

static int read_counters(struct counters *k)
{
	return counters_read_some(k, NULL, 0, COUNTERS_SNMP | COUNTERS_SOCKSTAT, NULL);
}

/* 1: counted with the help of counters; 0: they can't be trusted; -1: failed. */
static int count_derived(struct tally *t, struct session *s, struct error *err)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		struct counters k;
		state_set left_out = BIT_ESTABLISHED;

		if (read_counters(&k) || !counters_apply(s, &k))
			return 0;
		if (k.value[COUNTER_TCP_MINISOCKS] > TIME_WAIT_READ_MOST)
			left_out |= BIT_TIME_WAIT;
		if (tally_run(t, s, PROTO_BIT(PROTO_TCP), left_out, err))
			return -1;
		if (collector_report(s->collector)->from_proc || read_counters(&k))
			return 0;
		if (derive_established(t, &k) &&
		    (!(left_out & BIT_TIME_WAIT) || derive_time_wait(t, &k)))
			return 1;
	}
	return 0;
}

static int count_tcp(struct tally *t, struct session *s, struct error *err)
{
	int derived = count_derived(t, s, err);

	if (derived < 0)
		return -1;
	t->census->derived = derived;
	return derived ? 0 : tally_run(t, s, PROTO_BIT(PROTO_TCP), 0, err);
}

int census_take(struct census *census, struct session *s, struct error *err)
{
	struct tally t = { .census = census };
	proto_set rest = s->request.protos & ~PROTO_BIT(PROTO_TCP);

	memset(census, 0, sizeof(*census));
	if (!session_streams(s))
		return tally_collected(&t, s, err);
	/* one pass, as a pipe can't be read twice */
	if (s->o->from)
		return tally_run(&t, s, s->request.protos, 0, err);
	if (s->request.protos & PROTO_BIT(PROTO_TCP) && count_tcp(&t, s, err))
		return -1;
	return rest ? tally_run(&t, s, rest, 0, err) : 0;
}
