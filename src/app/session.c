/*
 * A command's way to sockets: see session.h.
 *
 * A socket is judged as early as possible: by the kernel (states, ports, addresses),
 * then as it arrives (all that it says of itself), and only what needs a look
 * elsewhere (its process, its name) waits until all have been read.
 */
#include "config.h"

#include "app/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/families.h"
#include "app/files.h"
#include "app/lookup.h"
#include "app/say.h"
#include "app/source.h"
#include "base/loop.h"
#include "base/text.h"

/* Facts that no source delivers with the socket. */
#define FACTS_LATER                                                                                \
	(FACT_OWNERS | FACT_LISTENERS | FACT_TRACK | FACT_HOST_NAMES | FACT_LIMITS)

/* Between the two polls that tell what holds transfers back. */
#define INTERVAL_MS 1000

/* The words of the command line as one expression. */
static void join_words(const struct options *o, struct buffer *text)
{
	for (size_t i = 0; i < o->word_count; i++) {
		if (i)
			buffer_putc(text, ' ');
		buffer_puts(text, o->words[i]);
	}
}

/* A file need not end with a newline: the words after it begin a line of their own. */
static int put_file(const char *path, struct buffer *text)
{
	struct error err;
	char *file = file_text(path, &err);

	if (!file)
		return say_error(&err, EXIT_USAGE);
	buffer_puts(text, file);
	buffer_putc(text, '\n');
	free(file);
	return EXIT_DONE;
}

static int parse_filter(struct session *s, const char *text, size_t len, bool comments,
			struct filter_error *wrong)
{
	struct filter_options options = lookup_options(&s->home);

	options.comments = comments;
	/* which ports were the kernel's to choose there is not known */
	if (s->o->from) {
		options.auto_port_min = 0;
		options.auto_port_max = 0;
	}
	s->filter = filter_parse(text, len, &options, wrong);
	return s->filter ? EXIT_DONE : say_filter_error(wrong, text, len);
}

/* The commands that @word is near to, and options that others have commands for. */
static size_t nearest_commands(const char *word, char *out, size_t size)
{
	static const struct {
		const char *spelling;
		const char *name;
	} options[] = { { "help", "--help" }, { "version", "--version" } };
	struct text_nearest n = { .count = 0 };
	size_t len = strlen(word);
	size_t count;
	const struct command *all = commands_all(&count);

	for (size_t i = 0; i < count; i++)
		text_nearest_offer(&n, word, len, all[i].name, strlen(all[i].name), all[i].name);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		text_nearest_offer(&n, word, len, options[i].spelling, strlen(options[i].spelling),
				   options[i].name);
	return text_nearest_list(&n, out, size);
}

/* What may have happened on the way here: a command misspelt, a ~ that the shell took. */
static void hint(const struct options *o, const struct filter_error *wrong)
{
	const char *home = getenv("HOME");
	char near[64];

	if (!o->command && !o->filter_file && o->word_count && !wrong->offset &&
	    nearest_commands(o->words[0], near, sizeof(near)))
		fprintf(stderr, "If a command was meant: is it %s?\n", near);
	for (size_t i = 0; home && i < o->word_count; i++)
		if (!strcmp(o->words[i], home))
			fprintf(stderr, "The shell made that of a ~: quote the filter.\n");
}

static int open_filter(struct session *s, const struct options *o)
{
	struct buffer text;
	struct filter_error wrong;
	int status = EXIT_DONE;

	buffer_init(&text, -1);
	if (o->filter_file)
		status = put_file(o->filter_file, &text);
	join_words(o, &text);
	if (!status && text.used) {
		status = parse_filter(s, text.data, text.used, o->filter_file, &wrong);
		if (status)
			hint(o, &wrong);
	}
	buffer_fini(&text);
	return status;
}

/*
 * BOUND doubles the cost of a dump, so a filter gets it when it is about such states
 * ("state bound", "unconn"), not when it just fails to rule it out ("exclude listen",
 * "state big"): then it does not rule out either what Linux has no sockets in.
 */
static bool asks_for_bound(state_set wanted)
{
	return wanted & STATE_BIT(STATE_BOUND) && !(wanted & STATE_BIT(STATE_IDLE));
}

/* What the filter rules out need not be asked for. */
static void narrow_request(struct session *s)
{
	const struct options *o = s->o;
	state_set wanted = filter_states(s->filter);

	s->request.protos &= filter_protos(s->filter);
	if (!(filter_families(s->filter) & 1u << ADDR_V4))
		s->request.families &= ~FAMILY_V4;
	if (!(filter_families(s->filter) & 1u << ADDR_V6))
		s->request.families &= ~FAMILY_V6;
	if (o->bound || asks_for_bound(wanted))
		s->request.states |= STATE_BIT(STATE_BOUND);
	s->request.states &= wanted;
	s->request.match = filter_match_tree(s->filter);
}

/* Strangers' servers are asked only by those who want that. */
static int permit_names(struct session *s, struct error *err)
{
	unsigned int needed = s->filter ? filter_facts(s->filter) : 0;

	for (size_t i = 0; i < s->o->sort.count; i++)
		needed |= s->o->sort.key[i].column->facts;
	s->early_names = needed & FACT_HOST_NAMES;
	if (s->early_names && !s->o->resolve)
		return error_set(err, 0, "names of hosts are resolved with -r only");
	s->facts &= ~(unsigned int)FACT_HOST_NAMES;
	/* the live view asks by itself, without waiting */
	if (s->o->resolve && !s->live)
		s->facts |= FACT_HOST_NAMES;
	return 0;
}

static int open_all(struct session *s, const struct options *o, unsigned int facts, bool parallel)
{
	struct error err = { 0 };
	int status;

	*s = (struct session){ .o = o, .home = o->home, .facts = facts, .live = !parallel };
	if (source_enter(o, &err))
		return say_error(&err, EXIT_FAILED);
	status = open_filter(s, o);
	if (status)
		return status;
	if (s->filter)
		s->facts |= filter_facts(s->filter);
	if (permit_names(s, &err))
		return say_error(&err, EXIT_USAGE);
	session_narrow(s);
	status = replay_open(&s->replay, o, &err);
	if (status)
		return say_error(&err, status);
	s->collector = source_open(o, s->replay, parallel, &err);
	if (s->collector)
		s->details = details_open(s->facts, o, s->collector, s->replay, &err);
	return s->details ? EXIT_DONE : say_error(&err, EXIT_FAILED);
}

int session_open(struct session *s, const struct options *o, unsigned int facts)
{
	return open_all(s, o, facts, true);
}

int session_open_live(struct session *s, const struct options *o, unsigned int facts)
{
	return open_all(s, o, facts, false);
}

void session_close(struct session *s)
{
	details_close(s->details);
	collector_close(s->collector);
	replay_close(s->replay);
	filter_free(s->filter);
	*s = (struct session){ 0 };
}

const struct document_origin *session_origin(const struct session *s)
{
	static const struct document_origin unknown;

	if (s->replay)
		return replay_origin(s->replay);
	return s->o->from ? &unknown : NULL;
}

void session_narrow(struct session *s)
{
	s->request = source_request(s->o, s->facts);
	if (s->filter)
		narrow_request(s);
}

void session_widen(struct session *s, const struct filter *filter)
{
	s->request = source_request(s->o, 0);
	if (s->o->bound || (filter && asks_for_bound(filter_states(filter))))
		s->request.states |= STATE_BIT(STATE_BOUND);
}

const char *session_source(const struct session *s)
{
	return collector_report(s->collector)->source;
}

bool session_streams(const struct session *s)
{
	return !(s->facts & FACTS_LATER);
}

bool session_sifts(const struct session *s)
{
	return !s->filter || !(filter_facts(s->filter) & FACTS_LATER);
}

bool session_keeps(const struct session *s, const struct row *row)
{
	return !s->filter || filter_match(s->filter, row);
}

bool session_doubts(const struct session *s, const struct row *row)
{
	const struct owners *owners = row->owners;

	return s->filter && owners &&
	       (owners->reason == OWNER_NOT_PERMITTED || owners->hidden) &&
	       filter_may_match(s->filter, row, FACT_OWNERS) &&
	       !filter_must_match(s->filter, row, FACT_OWNERS);
}

bool session_may_keep(const struct session *s, struct row *row)
{
	if (!s->filter)
		return true;
	if (filter_facts(s->filter) & FACTS_BY_ROW)
		details_complete_at_once(s->details, row);
	return filter_may_match(s->filter, row, FACTS_LATER);
}

/* Passes on what may match. */
struct sieve {
	struct sink sink;
	struct session *session;
	struct sink *next;
};

static int sift(struct sink *sink, const struct sock *sk)
{
	struct sieve *sieve = sink_of(sink, struct sieve, sink);
	struct row row = { .sock = sk };

	return session_may_keep(sieve->session, &row) ? sink_push(sieve->next, sk) : 0;
}

/* All that was asked for is lacking here, and was asked for by name. */
static bool nothing_there(const struct session *s, struct error *err)
{
	const struct collect_report *report = collector_report(s->collector);
	proto_set there = options_protos(s->o) & ~(report->missing | report->untold);

	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (there & PROTO_BIT(p) &&
		    proto_info(p)->states & s->request.states & ~report->untold_states[p])
			return false;
	return families_lacking(s->o, report, err);
}

int session_run(struct session *s, struct sink *sink, struct error *err)
{
	struct sieve sieve = { .sink.push = sift, .session = s, .next = sink };

	if (!s->request.protos || !s->request.states)
		return 0;
	if (collector_run(s->collector, &s->request, s->filter ? &sieve.sink : sink, err))
		return -1;
	return nothing_there(s, err) ? -1 : 0;
}

/* Keeps what it gets, and wants its details. */
struct keeper {
	struct sink sink;
	struct session *session;
	struct snapshot *snapshot;
	struct error *err;
	bool failed;
};

static int keep(struct sink *sink, const struct sock *sk)
{
	struct keeper *k = sink_of(sink, struct keeper, sink);

	k->failed = snapshot_add(k->snapshot, sk, k->err) ||
		    details_want(k->session->details, sk, k->err) ||
		    (k->session->early_names &&
		     details_want_names(k->session->details, sk, k->err));
	return k->failed;
}

static bool keeps_row(void *context, const struct row *row)
{
	const struct session *s = context;

	return session_keeps(s, row) || (s->doubtful && session_doubts(s, row));
}

/* Names for the rows that are going to be shown. */
static int name_rows(struct session *s, const struct snapshot *snapshot, struct result *r,
		     struct error *err)
{
	size_t count = result_count(r);

	/* a limit on groups is no limit on sockets */
	if (s->o->limit && s->o->limit < count && !s->o->by)
		count = s->o->limit;
	result_order(r, 0, count);
	for (size_t i = 0; i < count; i++) {
		struct sock sk;

		snapshot_sock(snapshot, result_index(r, i), &sk);
		if (details_want_names(s->details, &sk, err))
			return -1;
	}
	details_look_up_names(s->details);
	return 0;
}

static void pause_ms(unsigned int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* What the next poll is compared with, where nothing was polled yet. */
static int poll_before(struct session *s, struct error *err)
{
	struct snapshot *snapshot = snapshot_new();
	struct keeper k = { .sink.push = keep, .session = s, .snapshot = snapshot, .err = err };
	const uint64_t now_ns = loop_now_ns();
	int failed;

	if (!snapshot)
		return error_set(err, ENOMEM, "cannot compare two polls");
	failed = session_run(s, &k.sink, err) || k.failed ||
		 details_note_transfers(s->details, snapshot, now_ns, err);
	snapshot_free(snapshot);
	if (!failed)
		pause_ms(s->o->interval_ms ? s->o->interval_ms : INTERVAL_MS);
	return failed ? -1 : 0;
}

int session_query(struct session *s, struct snapshot *snapshot, const struct sort *sort,
		  struct result *result, struct error *err)
{
	struct keeper k = { .sink.push = keep, .session = s, .snapshot = snapshot, .err = err };
	const struct row_source source = { details_complete, s->details };
	uint64_t now_ns;

	if (details_lack_poll(s->details) && poll_before(s, err))
		return -1;
	details_reset(s->details);
	now_ns = loop_now_ns();
	if (session_run(s, &k.sink, err) || k.failed ||
	    details_note_transfers(s->details, snapshot, now_ns, err))
		return -1;
	snapshot_stamp(snapshot, now_ns, 0);
	if (details_look_up(s->details, s->collector, err))
		return -1;
	if (result_build(result, snapshot, sort, s->filter ? keeps_row : NULL, s, &source, err))
		return -1;
	return s->facts & FACT_HOST_NAMES ? name_rows(s, snapshot, result, err) : 0;
}

static int visit_rows(struct session *s, const struct snapshot *snapshot, struct result *r,
		      size_t limit, session_visit *visit, void *context)
{
	size_t count = result_count(r);

	if (limit && limit < count)
		count = limit;
	result_order(r, 0, count);
	for (size_t i = 0; i < count; i++) {
		struct sock sk;
		struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(snapshot) };

		snapshot_sock(snapshot, result_index(r, i), &sk);
		details_complete(s->details, &row);
		if (visit(context, &row))
			return -1;
	}
	return 0;
}

int session_each(struct session *s, const struct sort *sort, size_t limit, session_visit *visit,
		 void *context, struct error *err)
{
	const struct sort unsorted = { .count = 0 };
	struct snapshot *snapshot = snapshot_new();
	struct result *r = result_new();
	int failed;

	if (!snapshot || !r)
		failed = error_set(err, ENOMEM, "cannot keep sockets");
	else
		failed = session_query(s, snapshot, sort ? sort : &unsorted, r, err) ||
			 visit_rows(s, snapshot, r, limit, visit, context);
	result_free(r);
	snapshot_free(snapshot);
	return failed ? -1 : 0;
}
