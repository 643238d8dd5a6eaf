/* What the rules of findings count with: see findings_rules.h. */
#include "config.h"

#include "model/findings_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

double findings_threshold(const struct findings *f, enum threshold t)
{
	return f->thresholds.value[t];
}

static uint64_t threshold_ns(const struct findings *f, enum threshold t)
{
	return (uint64_t)(f->thresholds.value[t] * (double)NS_PER_S);
}

/*
 * How long a socket has been in its state at least, by what the kernel noted of its
 * last acknowledgment or of its retransmission timer; 0: nothing is known.
 *
 * CLOSE-WAIT and FIN-WAIT-2 began with a segment that carried an ACK, and the last ACK
 * can't have come before it.  While a FIN or SYN is sent again the timer doubles with
 * each step of the backoff, so that what passed since the first one is what is left of
 * the sum of the steps.
 */
static uint64_t facts_age_ns(const struct sock *sk)
{
	uint64_t us;

	switch ((enum state)sk->state) {
	case STATE_CLOSE_WAIT:
	case STATE_FIN_WAIT_2:
		return tcp_facts_has(sk, last_ack_received_ms) ?
			       sk->tcp->last_ack_received_ms * NS_PER_MS : 0;
	case STATE_SYN_SENT:
	case STATE_FIN_WAIT_1:
	case STATE_CLOSING:
	case STATE_LAST_ACK:
		if (!tcp_facts_has(sk, rto_us) || !sk->tcp->backoff || sk->tcp->backoff > 30)
			return 0;
		us = sk->tcp->rto_us - (sk->tcp->rto_us >> sk->tcp->backoff);
		return us * 1000;
	default:
		return 0;
	}
}

/* Its age as far as it is known; @at_least says that it may be older. */
static uint64_t row_age_ns(const struct findings *f, const struct finding_row *row, bool *at_least)
{
	uint64_t age = facts_age_ns(row->sock);
	struct track track;

	*at_least = true;
	if (!f->input->tracker || !tracker_find(f->input->tracker, row->sock, &track) ||
	    track.state != row->sock->state || track.state_since_ns > f->now->at_ns)
		return age;
	if (f->now->at_ns - track.state_since_ns < age)
		return age;
	*at_least = track.first_pass;
	return f->now->at_ns - track.state_since_ns;
}

/* Without what the kernel noted, only one that came into its state under our eyes has an age. */
bool row_older(struct findings *f, const struct finding_info *info,
	       const struct finding_row *row, enum threshold t)
{
	bool at_least;

	if (row_age_ns(f, row, &at_least) >= threshold_ns(f, t))
		return true;
	if (at_least && !row->sock->tcp && row->sock->kind == SOCK_FULL)
		findings_cannot_judge(f, info);
	return false;
}

bool row_born(const struct findings *f, const struct finding_row *row)
{
	struct track track;

	return f->input->tracker && tracker_find(f->input->tracker, row->sock, &track) &&
	       track.born;
}

bool findings_lasted(const struct findings *f, uint64_t ms, enum threshold t)
{
	return ms * NS_PER_MS >= threshold_ns(f, t);
}

bool findings_counter(const struct findings *f, enum counter c, uint64_t *value)
{
	if (!f->now->counters_known || !counters_know(&f->now->counters, c))
		return false;
	*value = f->now->counters.value[c];
	return true;
}

bool findings_growth(const struct findings *f, enum counter c, uint64_t *delta)
{
	return f->passes > 1 && f->now->counters_known && f->before->counters_known &&
	       counters_delta(&f->before->counters, &f->now->counters, c, delta);
}

double findings_span_s(const struct findings *f)
{
	if (f->passes < 2 || f->now->at_ns <= f->before->at_ns)
		return 0;
	return (double)(f->now->at_ns - f->before->at_ns) / (double)NS_PER_S;
}

static const struct owners *owners_of(const struct findings *f, const struct finding_row *row)
{
	static const struct owners unknown = { .reason = OWNER_NOT_LOOKED_UP };
	const struct owners *owners = NULL;

	if (f->input->owners)
		owners = f->input->owners(f->input->context, row->sock);
	return owners ? owners : &unknown;
}

/* Without a process that may be seen, its user stands in. */
static void key_of_process(const struct findings *f, const struct finding_row *row,
			   struct tally_key *key)
{
	const struct owners *owners = owners_of(f, row);

	if (owners->count) {
		key->number[0] = owners->list[0].pid;
		key->number[1] = owners->list[0].start_time;
	} else {
		key->number[1] = row->sock->has & SOCK_HAS_UID ? row->sock->uid + UINT64_C(1) : 0;
	}
}

static void copy_address(struct endpoint *to, const struct endpoint *from, bool port)
{
	memcpy(to->bytes, from->bytes, from->family == ADDR_V4 ? 4 : sizeof(to->bytes));
	to->family = from->family;
	to->port = port ? from->port : 0;
}

static void fill_key(const struct findings *f, const struct finding_info *info,
		     const struct finding_row *row, enum subject subject, struct tally_key *key)
{
	const struct sock *sk = row->sock;
	size_t count;

	memset(key, 0, sizeof(*key));
	key->finding = (uint16_t)(info - findings_all(&count));
	key->subject = (uint8_t)subject;
	key->proto = sk->proto;
	key->netns = sk->netns;
	if (subject == SUBJECT_PROCESS)
		key_of_process(f, row, key);
	if (subject == SUBJECT_LISTENER || subject == SUBJECT_SOCKET) {
		key->number[0] = sk->has & SOCK_HAS_COOKIE ? sk->cookie : sk->inode;
		copy_address(&key->local, &sk->local, true);
	}
	if (subject == SUBJECT_PORT)
		key->local.port = sk->local.port;
	if (subject == SUBJECT_ROUTE)
		copy_address(&key->local, &sk->local, false);
	if (subject == SUBJECT_PEER || subject == SUBJECT_ROUTE)
		copy_address(&key->peer, &sk->peer, true);
	if (subject == SUBJECT_PEER_ADDRESS)
		copy_address(&key->peer, &sk->peer, false);
}

static const struct tally *tally_before(const struct findings *f, const struct tally_key *key)
{
	uint32_t number;

	if (f->passes < 2 || !intern_find(&f->before->keys, key, sizeof(*key), &number))
		return NULL;
	return &f->before->tally[number];
}

static bool tallies_grow(struct findings_pass *p, size_t needed)
{
	size_t room = p->room ? p->room * 2 : 64;
	struct tally *tally;

	if (needed <= p->room)
		return true;
	tally = reallocarray(p->tally, room, sizeof(*tally));
	if (!tally)
		return false;
	p->tally = tally;
	p->room = room;
	return true;
}

static struct tally *tally_new(struct findings *f, const struct finding_info *info,
			       const struct tally_key *key)
{
	struct findings_pass *p = f->now;
	uint32_t number;

	if (p->keys.count >= FINDINGS_GROUPS_MAX) {
		f->left_out++;
		return NULL;
	}
	if (!tallies_grow(p, p->keys.count + 1) ||
	    intern_add(&p->keys, key, sizeof(*key), &number)) {
		f->failed = true;
		return NULL;
	}
	p->tally[number] =
		(struct tally){ .info = info, .key = *key, .before = tally_before(f, key) };
	return &p->tally[number];
}

struct tally *tally_of(struct findings *f, const struct finding_info *info,
		       const struct finding_row *row, enum subject subject)
{
	struct tally_key key;
	uint32_t number;

	fill_key(f, info, row, subject, &key);
	if (intern_find(&f->now->keys, &key, sizeof(key), &number))
		return &f->now->tally[number];
	return tally_new(f, info, &key);
}

static bool has_owner(const struct tally *t, uint32_t pid)
{
	for (size_t i = 0; i < t->owners; i++)
		if (t->owner[i].pid == pid)
			return true;
	return false;
}

static void add_owner(struct findings *f, struct tally *t, const struct owner *o)
{
	const char *name = o->command ? o->command : "?";

	if (has_owner(t, o->pid))
		return;
	if (t->owners == TALLY_OWNERS) {
		t->more_owners = true;
		return;
	}
	name = arena_strndup(&f->now->texts, name, strlen(name));
	if (!name)
		f->failed = true;
	else
		t->owner[t->owners++] = (struct tally_owner){ .pid = o->pid, .command = name };
}

void tally_own(struct findings *f, struct tally *t, const struct finding_row *row)
{
	const struct owners *owners = owners_of(f, row);

	for (size_t i = 0; i < owners->count; i++)
		add_owner(f, t, &owners->list[i]);
	if (owners->reason == OWNER_KNOWN)
		t->held = true;
	else
		t->why = owner_reason_text(owners->reason);
}

void tally_count(struct findings *f, struct tally *t, const struct finding_row *row)
{
	bool at_least;
	uint64_t age = row_age_ns(f, row, &at_least);

	t->count++;
	if (!t->oldest_known || age > t->oldest_ns) {
		t->oldest_known = true;
		t->oldest_ns = age;
		t->at_least = at_least;
	}
	tally_own(f, t, row);
}

struct tally *tally_row(struct findings *f, const struct finding_info *info,
			const struct finding_row *row, enum subject subject)
{
	struct tally *t = tally_of(f, info, row, subject);

	if (t)
		tally_count(f, t, row);
	return t;
}

void tally_source(struct tally *t, const struct endpoint *e)
{
	size_t bit = hash_place(hash_bytes(0, e->bytes, sizeof(e->bytes)), 8);

	t->mask[bit / 64] |= UINT64_C(1) << bit % 64;
}

unsigned int tally_sources(const struct tally *t)
{
	unsigned int count = 0;

	for (size_t i = 0; i < 4; i++)
		count += (unsigned int)__builtin_popcountll(t->mask[i]);
	return count;
}

void tally_most(struct tally *t, size_t figure, uint64_t value)
{
	if (t->figure[figure] < value)
		t->figure[figure] = value;
}

void tally_since(struct tally *t, uint64_t ms)
{
	t->oldest_known = true;
	t->oldest_ns = ms * NS_PER_MS;
	t->at_least = true;
}

static void put_owner(struct buffer *out, const struct tally_owner *o)
{
	buffer_puts(out, o->command);
	buffer_putc(out, '[');
	buffer_put_u64(out, o->pid);
	buffer_putc(out, ']');
}

void tally_put_process(struct buffer *out, const struct tally *t)
{
	if (t->owners && t->key.number[0]) {
		put_owner(out, &t->owner[0]);
	} else if (t->key.number[1]) {
		buffer_puts(out, "uid ");
		buffer_put_u64(out, t->key.number[1] - 1);
	} else {
		buffer_puts(out, "unknown process");
	}
}

void tally_put_owners(struct buffer *out, const struct tally *t)
{
	if (!t->held)
		buffer_puts(out, t->why);
	for (size_t i = 0; i < t->owners; i++) {
		if (i || !t->held)
			buffer_puts(out, i ? ", " : " ");
		put_owner(out, &t->owner[i]);
	}
	if (t->more_owners)
		buffer_puts(out, " and others");
}

void evidence_duration(struct buffer *out, uint64_t ns)
{
	uint64_t s = ns / NS_PER_S;

	if (ns < 10 * NS_PER_S)
		buffer_printf(out, "%.1f s", (double)ns / (double)NS_PER_S);
	else if (s < 120)
		buffer_printf(out, "%u s", (unsigned int)s);
	else if (s < 7200)
		buffer_printf(out, "%u min", (unsigned int)(s / 60));
	else if (s < 172800)
		buffer_printf(out, "%u h", (unsigned int)(s / 3600));
	else
		buffer_printf(out, "%u days", (unsigned int)(s / 86400));
}

void evidence_oldest(struct buffer *out, const struct tally *t)
{
	if (!t->oldest_known || !t->oldest_ns)
		return;
	buffer_puts(out, t->count == 1 ? ", for " : ", the oldest for ");
	buffer_puts(out, t->at_least ? "at least " : "");
	evidence_duration(out, t->oldest_ns);
}

void evidence_bytes(struct buffer *out, uint64_t bytes)
{
	if (bytes < 10240)
		evidence_count(out, bytes, "byte");
	else if (bytes < UINT64_C(10240) * 1024)
		buffer_printf(out, "%.1f KiB", (double)bytes / 1024);
	else
		buffer_printf(out, "%.1f MiB", (double)bytes / 1048576);
}

void evidence_share(struct buffer *out, double share)
{
	buffer_printf(out, share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
}

void evidence_count(struct buffer *out, uint64_t n, const char *what)
{
	buffer_put_u64(out, n);
	buffer_putc(out, ' ');
	buffer_puts(out, what);
	if (n != 1)
		buffer_putc(out, 's');
}
