/* Judging a pass: see findings.h.  Sockets are seen once, whatever the number of findings. */
#include "config.h"

#include "model/findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/findings_rules.h"

struct findings *findings_new(const struct finding_thresholds *thresholds)
{
	struct findings *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	if (thresholds)
		f->thresholds = *thresholds;
	else
		finding_thresholds_init(&f->thresholds);
	f->now = &f->pass[0];
	f->before = &f->pass[1];
	buffer_init(&f->text, -1);
	return f;
}

static void pass_fini(struct findings_pass *p)
{
	intern_fini(&p->keys);
	arena_fini(&p->texts);
	free(p->tally);
}

void findings_free(struct findings *f)
{
	if (!f)
		return;
	pass_fini(&f->pass[0]);
	pass_fini(&f->pass[1]);
	buffer_fini(&f->text);
	free(f->list);
	free(f);
}

const struct finding *findings_list(const struct findings *f, size_t *count)
{
	*count = f->count;
	return f->list;
}

enum severity findings_worst(const struct findings *f)
{
	return f->count ? f->list[0].severity : SEVERITY_NONE;
}

uint64_t findings_left_out(const struct findings *f)
{
	return f->left_out;
}

void findings_cannot_judge(struct findings *f, const struct finding_info *info)
{
	size_t count;

	f->unjudged |= UINT64_C(1) << (info - findings_all(&count));
}

bool findings_unjudged(const struct findings *f, const struct finding_info *info)
{
	size_t count;

	return f->unjudged >> (info - findings_all(&count)) & 1;
}

void findings_observe_again(struct findings *f)
{
	f->seen = 0;
	f->left_out = 0;
	f->unjudged = 0;
	f->drops_tight = 0;
	f->drops_roomy = 0;
	f->failed = false;
	intern_reset(&f->now->keys);
	arena_reset(&f->now->texts);
}

/* What was now is before, and now is empty. */
void findings_begin(struct findings *f, const struct finding_input *input)
{
	struct findings_pass *now = f->before;

	f->before = f->now;
	f->now = now;
	f->input = input;
	f->passes++;
	findings_observe_again(f);
	now->at_ns = snapshot_taken_ns(input->snapshot);
	now->counters_known = input->counters;
	if (input->counters)
		now->counters = *input->counters;
}

static bool is_about(const struct finding_info *info, const struct sock *sk)
{
	return info->observe && info->states & STATE_BIT(sk->state) &&
	       info->protos & PROTO_BIT(sk->proto);
}

static void observe(struct findings *f, const struct sock *sk)
{
	const struct finding_row row = { .sock = sk };
	size_t count;
	const struct finding_info *all = findings_all(&count);

	for (size_t i = 0; i < count; i++)
		if (is_about(&all[i], sk) && !(f->input->few_owners && all[i].owners_of_all))
			all[i].observe(f, &all[i], &row);
}

bool findings_observe(struct findings *f, size_t max)
{
	const struct finding_input *input = f->input;
	size_t count = snapshot_count(input->snapshot);
	size_t end = max < count - f->seen ? f->seen + max : count;

	for (; f->seen < end; f->seen++) {
		struct sock sk;

		snapshot_sock(input->snapshot, f->seen, &sk);
		if (!input->wanted || input->wanted(input->context, &sk))
			observe(f, &sk);
	}
	return f->seen == count;
}

static void judge_host(struct findings *f, const struct finding_info *info)
{
	static const struct sock nobody;
	const struct finding_row row = { .sock = &nobody };
	struct tally *t;

	if (!info->host || f->input->only_sockets)
		return;
	if (f->input->protos && !(info->protos & f->input->protos))
		return;
	t = tally_of(f, info, &row, SUBJECT_HOST);
	if (t)
		info->judge(f, t);
}

static void judge_all(struct findings *f)
{
	size_t groups = f->now->keys.count;
	size_t count;
	const struct finding_info *all = findings_all(&count);

	for (size_t i = 0; i < groups; i++) {
		struct tally *t = &f->now->tally[i];

		if (!t->info->two_passes || f->passes > 1)
			t->info->judge(f, t);
	}
	for (size_t i = 0; i < count; i++)
		if (!all[i].two_passes || f->passes > 1)
			judge_host(f, &all[i]);
	resets_learn(f);
}

/* Worst first; then as in the table, and by name, so that the order is total. */
static int compare(const void *left, const void *right)
{
	const struct finding *a = left;
	const struct finding *b = right;

	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	if (a->info != b->info)
		return a->info < b->info ? -1 : 1;
	if (a->weight < b->weight || a->weight > b->weight)
		return a->weight < b->weight ? 1 : -1;
	return strcmp(a->subject, b->subject);
}

int findings_end(struct findings *f, struct error *err)
{
	f->count = 0;
	judge_all(f);
	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), compare);
	f->input = NULL;
	if (f->failed || f->text.error)
		return error_set(err, ENOMEM, "cannot judge %zu sockets", f->seen);
	return 0;
}

int findings_run(struct findings *f, const struct finding_input *input, struct error *err)
{
	findings_begin(f, input);
	findings_observe(f, SIZE_MAX);
	return findings_end(f, err);
}

static bool make_room(struct findings *f)
{
	size_t room = f->room ? f->room * 2 : 16;
	struct finding *list;

	if (f->count < f->room)
		return true;
	list = reallocarray(f->list, room, sizeof(*list));
	if (!list)
		return false;
	f->list = list;
	f->room = room;
	return true;
}

/* What the counters count. */
static const char *host_text(const struct findings *f)
{
	return f->now->counters_known && !counters_are_of_host(&f->now->counters) ?
		       "this network namespace" :
		       "this host";
}

/* What @t is about: "java[3121]", "0.0.0.0:80". */
static void put_subject(const struct findings *f, struct buffer *out, const struct tally *t)
{
	char text[ENDPOINT_TEXT_MAX];

	switch ((enum subject)t->key.subject) {
	case SUBJECT_HOST:
		buffer_puts(out, host_text(f));
		break;
	case SUBJECT_PROCESS:
		tally_put_process(out, t);
		break;
	case SUBJECT_PORT:
		buffer_puts(out, "port ");
		buffer_put_u64(out, t->key.local.port);
		break;
	case SUBJECT_LISTENER:
	case SUBJECT_SOCKET:
		buffer_put(out, text, endpoint_text(text, &t->key.local, t->dual_stack, NULL));
		break;
	case SUBJECT_PEER:
		buffer_put(out, text, endpoint_text(text, &t->key.peer, false, NULL));
		break;
	case SUBJECT_PEER_ADDRESS:
		buffer_put(out, text,
			   addr_text(text, (enum addr_family)t->key.peer.family,
				     t->key.peer.bytes));
		break;
	case SUBJECT_ROUTE:
		buffer_put(out, text,
			   addr_text(text, (enum addr_family)t->key.local.family,
				     t->key.local.bytes));
		buffer_puts(out, " to ");
		buffer_put(out, text, endpoint_text(text, &t->key.peer, false, NULL));
		break;
	}
}

/* What was written to f->text from @from on, as a text that lives as long as the finding. */
static const char *keep_text(struct findings *f, size_t from)
{
	const char *text = NULL;

	if (!f->text.error)
		text = arena_strndup(&f->now->texts, f->text.data + from, f->text.used - from);
	if (!text)
		f->failed = true;
	f->text.used = from;
	return text ? text : "";
}

static const char *owner_text(struct findings *f, const struct tally *t)
{
	if (t->key.subject == SUBJECT_HOST)
		return NULL;
	if (!t->held && !t->why)
		return NULL;
	tally_put_owners(&f->text, t);
	return keep_text(f, 0);
}

static void put_term(struct buffer *out, const char *term)
{
	if (out->used)
		buffer_puts(out, " and ");
	buffer_puts(out, term);
}

static void put_end(struct buffer *out, const char *term, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT_MAX];

	put_term(out, term);
	if (e->port)
		buffer_put(out, text, endpoint_text(text, e, false, NULL));
	else
		buffer_put(out, text, addr_text(text, (enum addr_family)e->family, e->bytes));
}

/* What the subject of @t adds to the filter of its sockets. */
static void put_filter_subject(struct buffer *out, const struct tally *t)
{
	switch ((enum subject)t->key.subject) {
	case SUBJECT_HOST:
		break;
	case SUBJECT_PROCESS:
		if (t->key.number[0] || t->key.number[1])
			put_term(out, t->key.number[0] ? "pid = " : "uid = ");
		if (t->key.number[0] || t->key.number[1])
			buffer_put_u64(out, t->key.number[0] ? t->key.number[0] :
							       t->key.number[1] - 1);
		break;
	case SUBJECT_LISTENER:
	case SUBJECT_SOCKET:
	case SUBJECT_PORT:
		put_term(out, "sport = ");
		buffer_put_u64(out, t->key.local.port);
		break;
	case SUBJECT_ROUTE:
		put_end(out, "src = ", &t->key.local);
		put_end(out, "dst = ", &t->key.peer);
		break;
	case SUBJECT_PEER:
	case SUBJECT_PEER_ADDRESS:
		put_end(out, "dst = ", &t->key.peer);
		break;
	}
}

static const char *filter_text(struct findings *f, const struct tally *t)
{
	if (t->info->where)
		buffer_puts(&f->text, t->info->where);
	put_filter_subject(&f->text, t);
	return f->text.used ? keep_text(f, 0) : NULL;
}

/* Since when: its oldest socket, or when it was first raised, whichever is earlier. */
static void set_since(const struct findings *f, struct tally *t, struct finding *finding)
{
	uint64_t now = f->now->at_ns;

	if (t->before && t->before->raised_ns) {
		t->raised_ns = t->before->raised_ns;
		t->raised_first = t->before->raised_first;
	} else {
		t->raised_ns = now;
		t->raised_first = f->passes == 1;
	}
	finding->since_ns = t->raised_ns;
	finding->at_least = t->raised_first;
	if (t->oldest_known && now - t->oldest_ns <= t->raised_ns) {
		finding->since_ns = now - t->oldest_ns;
		finding->at_least = t->at_least;
	}
}

void findings_raise(struct findings *f, struct tally *t, enum severity severity, double weight)
{
	struct finding *finding;

	if (!make_room(f)) {
		f->failed = true;
		return;
	}
	finding = &f->list[f->count++];
	*finding = (struct finding){ .info = t->info,
				     .severity = severity,
				     .sockets = t->count,
				     .weight = weight,
				     .evidence = keep_text(f, 0) };
	put_subject(f, &f->text, t);
	finding->subject = keep_text(f, 0);
	finding->owner = owner_text(f, t);
	finding->filter = filter_text(f, t);
	set_since(f, t, finding);
}

bool findings_raised(const struct findings *f, const struct finding_info *info)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].info == info)
			return true;
	return false;
}

struct buffer *findings_evidence(struct findings *f)
{
	f->text.used = 0;
	return &f->text;
}
