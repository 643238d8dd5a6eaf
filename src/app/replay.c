/* A recording in the place of the kernel: see replay.h. */
#include "config.h"

#include "app/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/kept.h"
#include "app/owner_text.h"
#include "app/say.h"
#include "app/when.h"
#include "base/intern.h"
#include "model/cgroup.h"
#include "model/tracker.h"

#define NS_PER_MS UINT64_C(1000000)

struct replay {
	struct recording *recording;
	struct when_span span;
	uint64_t at_ms;
	uint64_t since_ms;
	uint64_t until_ms;
	struct document_origin origin;
	struct intern keys; /* of the sockets of the moment */
	struct recorded_sock **kept; /* by the number of the key */
	size_t kept_room;
	struct owners owners; /* of the row completed last, as are those that follow */
	struct track track;
	struct buffer process;
	struct buffer why;
	struct buffer slice;
	struct buffer pod;
	char user[16];
};

/* What tells sockets of one moment apart: the cookie, or all that there is. */
struct key {
	uint64_t netns;
	uint64_t cookie;
	uint64_t inode;
	struct endpoint local;
	struct endpoint peer;
	uint8_t proto;
	uint8_t state;
};

static void key_fill(struct key *key, const struct sock *sk)
{
	memset(key, 0, sizeof(*key));
	key->netns = sk->netns;
	key->proto = sk->proto;
	key->local = sk->local;
	key->peer = sk->peer;
	if (sk->has & SOCK_HAS_COOKIE) {
		key->cookie = sk->cookie;
		return;
	}
	key->inode = sk->inode;
	key->state = sk->state;
}

static void forget(struct replay *r)
{
	for (size_t i = 0; i < r->keys.count; i++)
		free(r->kept[i]);
	intern_reset(&r->keys);
}

/* Two sockets with the same key have the same details. */
static int keep(struct replay *r, const struct recorded_sock *what, struct error *err)
{
	size_t known = r->keys.count;
	struct recorded_sock *copy;
	uint32_t number;
	struct key key;

	if (known == r->kept_room) {
		size_t room = known ? 2 * known : 1024;
		struct recorded_sock **kept = reallocarray(r->kept, room, sizeof(*kept));

		if (!kept)
			return error_set(err, ENOMEM, "cannot keep what was recorded");
		r->kept = kept;
		r->kept_room = room;
	}
	key_fill(&key, &what->sock);
	if (intern_find(&r->keys, &key, sizeof(key), &number))
		return 0;
	copy = kept_new(what);
	if (copy && !intern_add(&r->keys, &key, sizeof(key), &number)) {
		r->kept[number] = copy;
		return 0;
	}
	free(copy);
	return error_set(err, ENOMEM, "cannot keep what was recorded");
}

bool replay_asked(const struct collect_request *request, const struct sock *sk)
{
	unsigned int family = sk->local.family == ADDR_V4 ? FAMILY_V4 :
			      sk->local.family == ADDR_V6 ? FAMILY_V6 :
							    ~0u;

	return request->protos & PROTO_BIT(sk->proto) && request->families & family &&
	       request->states & STATE_BIT(sk->state);
}

/* Hands on the sockets of a moment. */
struct reading {
	struct replay *replay;
	const struct collect_request *request;
	struct collect_report *report;
	struct sink *sink;
	struct error *err;
	bool failed;
};

static int take(void *context, const struct recorded_sock *what)
{
	struct reading *reading = context;

	if (!replay_asked(reading->request, &what->sock)) {
		reading->report->outside++;
		return 0;
	}
	reading->failed = keep(reading->replay, what, reading->err);
	if (reading->failed)
		return -1;
	reading->report->sockets++;
	return sink_push(reading->sink, &what->sock);
}

static int read_moment(void *context, const struct collect_request *request, struct sink *sink,
		       struct collect_report *report, struct error *err)
{
	struct replay *r = context;
	struct reading reading = {
		.replay = r, .request = request, .report = report, .sink = sink, .err = err,
	};

	return recording_sockets(r->recording, r->at_ms, take, &reading, err) || reading.failed ?
		       -1 :
		       0;
}

static void close_nothing(void *context)
{
	(void)context;
}

void replay_source(struct replay *r, struct saved_source *out)
{
	*out = (struct saved_source){
		.read = read_moment, .close = close_nothing, .context = r, .name = "recording",
	};
}

/* Does a file begin as a recording does?  A pipe is left alone: it can be read once. */
static bool is_recording(const char *path)
{
	char first[RECORDING_FIRST_BYTES];
	struct stat st;
	bool is;
	int fd;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	is = read(fd, first, sizeof(first)) == (ssize_t)sizeof(first) &&
	     recording_is(first, sizeof(first));
	close(fd);
	return is;
}

/* What a saved dump can't do. */
static int check_dump(const struct options *o, struct error *err)
{
	if (o->at_count || o->since || o->until)
		return error_set(err, 0, "'%s' is a dump of one moment, no recording: --at, "
				 "--since and --until do not go with it", o->from);
	if (o->protos_named & ~PROTOS_DUMPED)
		return error_set(err, 0, "%s", PROTOS_DUMPED_ONLY);
	if (o->command && o->command->bit & CMD_RECORDED)
		return error_set(err, 0, "'%s' is no recording: '%s' needs one", o->from,
				 o->command->name);
	return 0;
}

static void gap_text(struct error *what, const struct recorded_gap *gap)
{
	char since[WHEN_TEXT_MAX];
	char until[WHEN_TEXT_MAX];

	when_text(since, gap->since_ms);
	when_text(until, gap->until_ms);
	error_set(what, 0, "not all was seen from %s to %s (%s)", since,
		  gap->until_ms ? until : "the end", gap->reason);
}

/* The first gap around a moment. */
struct gap_search {
	uint64_t at_ms;
	bool found;
	struct error gap;
};

static int look_at_gap(void *context, const struct recorded_gap *gap)
{
	struct gap_search *search = context;

	if (gap->since_ms >= search->at_ms ||
	    (gap->until_ms && gap->until_ms <= search->at_ms))
		return 0;
	search->found = true;
	gap_text(&search->gap, gap);
	return 1;
}

/* Within a gap the poll before it is the last that is known. */
static int leave_gap(struct replay *r, struct error *err)
{
	struct gap_search search = { .at_ms = r->at_ms };
	char shown[WHEN_TEXT_MAX];
	struct recorded_poll before;
	struct error what;
	int found = recording_poll_before(r->recording, r->at_ms, &before, err);

	if (found <= 0)
		return found;
	if (recording_gaps(r->recording, r->at_ms, r->at_ms, look_at_gap, &search, err))
		return -1;
	if (!search.found)
		return 0;
	r->at_ms = before.time_ms;
	when_text(shown, before.time_ms);
	error_set(&what, 0, "%.400s: this is as of %s", search.gap.text, shown);
	say_error(&what, EXIT_DONE);
	return 0;
}

/* @time_ms or the end of the recording that is nearer, which is said. */
static uint64_t within(const struct replay *r, const char *text, uint64_t time_ms)
{
	bool early = time_ms < r->span.first_ms;
	uint64_t nearest = early ? r->span.first_ms : r->span.last_ms;
	char shown[WHEN_TEXT_MAX];
	struct error what;

	if (time_ms >= r->span.first_ms && time_ms <= r->span.last_ms)
		return time_ms;
	when_text(shown, nearest);
	error_set(&what, 0, "'%s' is %s the recording: this is as of its %s, %s", text,
		  early ? "before" : "after", early ? "beginning" : "end", shown);
	say_error(&what, EXIT_DONE);
	return nearest;
}

int replay_go(struct replay *r, const char *text, struct error *err)
{
	if (when_parse(text, &r->span, &r->at_ms, err))
		return EXIT_USAGE;
	r->at_ms = within(r, text, r->at_ms);
	if (leave_gap(r, err))
		return EXIT_FAILED;
	r->origin.time_ms = r->at_ms;
	forget(r);
	return EXIT_DONE;
}

static int set_span(struct replay *r, const struct options *o, struct error *err)
{
	r->since_ms = r->span.first_ms;
	r->until_ms = r->span.last_ms;
	if (o->since && when_parse(o->since, &r->span, &r->since_ms, err))
		return EXIT_USAGE;
	if (o->until && when_parse(o->until, &r->span, &r->until_ms, err))
		return EXIT_USAGE;
	if (o->since)
		r->since_ms = within(r, o->since, r->since_ms);
	if (o->until)
		r->until_ms = within(r, o->until, r->until_ms);
	if (r->since_ms <= r->until_ms)
		return EXIT_DONE;
	error_set(err, 0, "--since '%s' is after --until '%s'", o->since ? o->since : "first",
		  o->until ? o->until : "last");
	return EXIT_USAGE;
}

static int find_span(struct replay *r, const char *path, struct error *err)
{
	const struct recording_info *info = recording_info(r->recording);
	struct timespec now;

	if (!info->last_ms)
		return error_set(err, 0, "nothing has been recorded in '%s' yet", path);
	clock_gettime(CLOCK_REALTIME, &now);
	r->span = (struct when_span){
		.first_ms = info->first_ms,
		.last_ms = info->last_ms,
		.now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / NS_PER_MS,
	};
	r->origin.host = info->host;
	return 0;
}

/* What was not looked for need not have been absent. */
static int check_protos(const struct replay *r, const struct options *o, struct error *err)
{
	proto_set recorded = recording_info(r->recording)->protos;

	for (enum proto p = 0; recorded && p < PROTO_COUNT; p++)
		if (o->protos_named & ~recorded & PROTO_BIT(p))
			return error_set(err, 0, "in '%s' no %s sockets were recorded", o->from,
					 proto_info(p)->name);
	return 0;
}

static int open_moment(struct replay *r, const struct options *o, struct error *err)
{
	int status;

	r->recording = recording_open(o->from, err);
	if (!r->recording || find_span(r, o->from, err))
		return EXIT_FAILED;
	if (o->command && !(o->command->bit & CMD_REPLAYED)) {
		error_set(err, 0, "'%s' needs what is still to come: a recording is over",
			  o->command->name);
		return EXIT_USAGE;
	}
	if (check_protos(r, o, err))
		return EXIT_USAGE;
	status = set_span(r, o, err);
	if (status)
		return status;
	r->at_ms = r->until_ms;
	r->origin.time_ms = r->at_ms;
	return o->at_count == 1 ? replay_go(r, o->at[0], err) : EXIT_DONE;
}

int replay_open(struct replay **out, const struct options *o, struct error *err)
{
	struct replay *r;
	int status;

	*out = NULL;
	if (!o->from)
		return EXIT_DONE;
	if (!is_recording(o->from))
		return check_dump(o, err) ? EXIT_USAGE : EXIT_DONE;
	r = calloc(1, sizeof(*r));
	if (!r) {
		error_set(err, ENOMEM, "cannot read '%s'", o->from);
		return EXIT_FAILED;
	}
	buffer_init(&r->process, -1);
	buffer_init(&r->why, -1);
	buffer_init(&r->slice, -1);
	buffer_init(&r->pod, -1);
	status = open_moment(r, o, err);
	if (!status)
		*out = r;
	else
		replay_close(r);
	return status;
}

void replay_close(struct replay *r)
{
	if (!r)
		return;
	forget(r);
	intern_fini(&r->keys);
	free(r->kept);
	buffer_fini(&r->process);
	buffer_fini(&r->why);
	buffer_fini(&r->slice);
	buffer_fini(&r->pod);
	recording_close(r->recording);
	free(r);
}

struct recording *replay_recording(const struct replay *r)
{
	return r->recording;
}

uint64_t replay_at_ms(const struct replay *r)
{
	return r->at_ms;
}

uint64_t replay_since_ms(const struct replay *r)
{
	return r->since_ms;
}

uint64_t replay_until_ms(const struct replay *r)
{
	return r->until_ms;
}

const struct document_origin *replay_origin(const struct replay *r)
{
	return &r->origin;
}

/* At most so many are told one by one. */
#define GAPS_TOLD 8

static int say_gap(void *context, const struct recorded_gap *gap)
{
	size_t *count = context;
	struct error what;

	if (++*count > GAPS_TOLD)
		return 0;
	gap_text(&what, gap);
	say_error(&what, EXIT_DONE);
	return 0;
}

int replay_say_gaps(struct replay *r, struct error *err)
{
	struct error what;
	size_t count = 0;

	if (recording_gaps(r->recording, r->since_ms, r->until_ms, say_gap, &count, err))
		return -1;
	if (count <= GAPS_TOLD)
		return 0;
	error_set(&what, 0, "there are %zu more of these gaps", count - GAPS_TOLD);
	say_error(&what, EXIT_DONE);
	return 0;
}

static const char *part_text(struct buffer *b, const struct cgroup_part *part)
{
	b->used = 0;
	if (!part->text)
		return NULL;
	buffer_put(b, part->text, part->len);
	buffer_putc(b, '\0');
	return b->error ? NULL : b->data;
}

static void complete_cgroup(struct replay *r, const struct recorded_sock *what, struct row *row)
{
	struct cgroup_names names;

	row->cgroup_path = what->cgroup_path;
	row->unit = what->unit;
	row->container = what->container;
	if (!what->cgroup_path)
		return;
	cgroup_parse(what->cgroup_path, strlen(what->cgroup_path), &names);
	row->slice = part_text(&r->slice, &names.slice);
	row->pod = part_text(&r->pod, &names.pod);
}

static void complete_owners(struct replay *r, const struct recorded_sock *what, struct row *row)
{
	r->owners = what->owners;
	row->owners = &r->owners;
	if (r->owners.reason != OWNER_NOT_LOOKED_UP)
		owner_text(row, &r->process, &r->why);
	else
		row->process_why = what->owner_reason ? what->owner_reason : "not recorded";
}

void replay_row(struct replay *r, const struct recorded_sock *what, uint64_t time_ms,
		struct row *row)
{
	complete_owners(r, what, row);
	complete_cgroup(r, what, row);
	row->netns_name = what->netns_name;
	/* names of users are this host's */
	if (what->sock.has & SOCK_HAS_UID) {
		snprintf(r->user, sizeof(r->user), "%u", what->sock.uid);
		row->user = r->user;
	}
	r->track = (struct track){
		.first_seen_ns = what->opened_ms * NS_PER_MS,
		.state_since_ns = what->state_since_ms * NS_PER_MS,
		.state = (enum state)what->sock.state,
		.previous = what->previous,
		.first_pass = what->opened_before && what->previous == STATE_COUNT,
	};
	row->track = &r->track;
	row->now_ns = time_ms * NS_PER_MS;
}

void replay_complete(struct replay *r, struct row *row)
{
	uint32_t number;
	struct key key;

	key_fill(&key, row->sock);
	if (intern_find(&r->keys, &key, sizeof(key), &number))
		replay_row(r, r->kept[number], r->at_ms, row);
}
