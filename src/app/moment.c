/* One moment of a recording: see moment.h. */
#include "config.h"

#include "app/moment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/recorded_rows.h"
#include "base/arena.h"
#include "model/findings.h"
#include "model/panel_counts.h"

#define NS_PER_MS UINT64_C(1000000)

/* Polls that rates are computed over, as of the kernel. */
#define RATE_POLLS 10

#define TROUBLES_MAX 64

struct moment {
	struct recording *recording;
	struct snapshot *shown;
	struct snapshot *filling;
	struct tracker *tracker;
	struct recorded_rows *rows;
	struct row_source source;
	struct recorded_poll poll;
	struct collect_request request;
	struct tracker_pass pass;
	struct ui_rates rates;
	uint32_t counts[STATE_COUNT];
	uint32_t others;
	struct ui_trouble troubles[TROUBLES_MAX];
	size_t trouble_count;
	struct arena texts; /* of the troubles */
	char note[256];
	bool loaded;
	struct error *err; /* of the loading under way */
	bool failed;
};

struct moment *moment_new(struct recording *r)
{
	struct moment *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->recording = r;
	m->shown = snapshot_new();
	m->filling = snapshot_new();
	m->tracker = tracker_new();
	m->rows = recorded_rows_new();
	m->source = (struct row_source){ recorded_rows_complete, m->rows };
	if (m->shown && m->filling && m->tracker && m->rows)
		return m;
	moment_free(m);
	return NULL;
}

void moment_free(struct moment *m)
{
	if (!m)
		return;
	snapshot_free(m->shown);
	snapshot_free(m->filling);
	tracker_free(m->tracker);
	recorded_rows_free(m->rows);
	arena_fini(&m->texts);
	free(m);
}

static bool is_of_family(const struct collect_request *request, unsigned int family)
{
	if (family == ADDR_V4)
		return request->families & FAMILY_V4;
	return family != ADDR_V6 || request->families & FAMILY_V6;
}

static bool is_wanted(const struct collect_request *request, const struct sock *sk)
{
	uint16_t types = request->types[sk->proto];

	return request->protos & PROTO_BIT(sk->proto) && request->states & STATE_BIT(sk->state) &&
	       is_of_family(request, sk->local.family) && (!types || types & 1u << sk->type);
}

/* What the passes of a tracker would know of it, had they seen all. */
static struct track track_of(const struct moment *m, const struct recorded_sock *what)
{
	uint64_t since_ms = m->poll.since_ms;
	bool old = what->opened_before && what->previous == STATE_COUNT;

	return (struct track){
		.first_seen_ns = what->opened_ms * NS_PER_MS,
		.state_since_ns = what->state_since_ms * NS_PER_MS,
		.state = (enum state)what->sock.state,
		.previous = what->previous,
		.first_pass = old,
		.born = since_ms && what->opened_ms > since_ms,
		.changed = since_ms && what->state_since_ms > since_ms &&
			   what->opened_ms <= since_ms,
	};
}

static int take_sock(void *context, const struct recorded_sock *what)
{
	struct moment *m = context;
	const struct track track = track_of(m, what);

	if (!is_wanted(&m->request, &what->sock))
		return 0;
	m->failed = tracker_recall(m->tracker, &what->sock, &track, m->err) < 0 ||
		    snapshot_add(m->filling, &what->sock, m->err) ||
		    recorded_rows_add(m->rows, what, m->err);
	return m->failed;
}

static int take_begun(void *context, const struct recorded_sock *what)
{
	struct moment *m = context;

	if (!is_wanted(&m->request, &what->sock))
		return 0;
	if (what->previous < STATE_COUNT) {
		m->pass.transitions[what->previous][what->sock.state]++;
	} else {
		m->pass.born_in[what->sock.state]++;
		m->pass.born++;
	}
	return 0;
}

static int take_end(void *context, const struct recorded_end *end)
{
	struct moment *m = context;

	if (!end->closed || !(m->request.protos & PROTO_BIT(end->proto)) ||
	    !is_of_family(&m->request, end->family))
		return 0;
	m->pass.gone_from[end->state]++;
	m->pass.gone++;
	return 0;
}

/* What happened between the poll before and this one; after a gap nobody knows. */
static int load_pass(struct moment *m)
{
	const struct recorded_poll *p = &m->poll;

	m->pass = (struct tracker_pass){
		.number = p->since_ms ? 2 : 1,
		.since_ns = p->since_ms * NS_PER_MS,
		.at_ns = p->time_ms * NS_PER_MS,
	};
	if (!p->since_ms)
		return 0;
	return recording_dwells(m->recording, p->since_ms, p->time_ms, take_begun, m, m->err) ||
			       recording_ends(m->recording, p->since_ms, p->time_ms, take_end, m,
					      m->err) ?
		       -1 :
		       0;
}

static int load_sockets(struct moment *m)
{
	int rc;

	snapshot_reset(m->filling);
	recorded_rows_reset(m->rows);
	m->failed = false;
	tracker_begin(m->tracker, m->poll.time_ms * NS_PER_MS);
	rc = recording_sockets(m->recording, m->poll.time_ms, take_sock, m, m->err);
	tracker_end(m->tracker, !rc && !m->failed, NULL, NULL);
	if (rc || m->failed || load_pass(m))
		return -1;
	tracker_recall_pass(m->tracker, &m->pass);
	snapshot_stamp(m->filling, m->poll.time_ms * NS_PER_MS, m->poll.time_ms * NS_PER_MS);
	m->others = panel_counts(m->filling, m->request.protos, m->counts);
	return 0;
}

/* By the kernel's own counters where they were recorded, else what polls saw. */
static int load_rates(struct moment *m)
{
	struct recorded_poll p = m->poll;
	uint64_t opened = 0, closed = 0, counted = 0, seen = 0;
	uint64_t from_ms = p.time_ms;

	for (int i = 0; i < RATE_POLLS && p.since_ms; i++) {
		int rc;

		opened += p.kernel_known ? p.kernel_opened : p.opened;
		closed += p.kernel_known ? p.kernel_closed : p.closed;
		counted += p.kernel_known ? p.kernel_opened : 0;
		seen += p.kernel_known && p.kernel_opened > p.unseen ?
				p.kernel_opened - p.unseen : 0;
		from_ms = p.since_ms;
		rc = recording_poll_before(m->recording, p.since_ms, &p, m->err);
		if (rc < 0)
			return -1;
		if (!rc)
			break;
	}
	m->rates = (struct ui_rates){ .known = from_ms < m->poll.time_ms };
	if (!m->rates.known)
		return 0;
	m->rates.opened = (double)opened * 1000 / (double)(m->poll.time_ms - from_ms);
	m->rates.closed = (double)closed * 1000 / (double)(m->poll.time_ms - from_ms);
	m->rates.seen_known = counted > 0;
	m->rates.seen = counted ? (double)seen / (double)counted : 0;
	return 0;
}

static const char *keep(struct moment *m, const char *text)
{
	return text ? arena_strndup(&m->texts, text, strlen(text)) : NULL;
}

static int take_finding(void *context, const struct recorded_finding *f)
{
	struct moment *m = context;
	const struct finding_info *info = finding_find(f->name);

	if (m->trouble_count == TROUBLES_MAX)
		return 1;
	m->troubles[m->trouble_count++] = (struct ui_trouble){
		.critical = !strcmp(f->severity, severity_name(SEVERITY_CRITICAL)),
		.title = info ? info->title : keep(m, f->name),
		.subject = keep(m, f->subject),
		.evidence = keep(m, f->evidence ? f->evidence : ""),
		.meaning = info ? info->meaning : "",
		.remedy = info ? info->remedy : "",
		.owner = keep(m, f->owner),
		.confused_with = info ? info->confused_with : NULL,
		.marked = info ? info->marked : 0,
		.since_wall_ns = f->since_ms * NS_PER_MS,
	};
	return 0;
}

static void clock_text(char *out, size_t size, uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(out, size, "%H:%M:%S", &tm))
		out[0] = '\0';
}

static int take_gap(void *context, const struct recorded_gap *gap)
{
	struct moment *m = context;
	char since[16];
	char until[16];

	clock_text(since, sizeof(since), gap->since_ms);
	clock_text(until, sizeof(until), gap->until_ms);
	if (gap->events)
		snprintf(m->note, sizeof(m->note), "gap: %s to %s: %s, %llu events lost", since,
			 gap->until_ms ? until : "now", gap->reason,
			 (unsigned long long)gap->events);
	else
		snprintf(m->note, sizeof(m->note), "gap: nothing was seen from %s to %s: %s",
			 since, gap->until_ms ? until : "the end", gap->reason);
	return 0;
}

/* A gap that ends at this poll, or goes on from it. */
static int load_gap(struct moment *m)
{
	uint64_t time_ms = m->poll.time_ms;

	m->note[0] = '\0';
	return recording_gaps(m->recording, m->poll.since_ms ? m->poll.since_ms + 1 : time_ms,
			      time_ms, take_gap, m, m->err);
}

int moment_load(struct moment *m, const struct recorded_poll *poll,
		const struct collect_request *request, struct error *err)
{
	struct snapshot *old = m->shown;

	m->poll = *poll;
	m->request = *request;
	m->err = err;
	m->trouble_count = 0;
	arena_reset(&m->texts);
	if (load_sockets(m) || load_rates(m) || load_gap(m) ||
	    recording_findings(m->recording, poll->time_ms, take_finding, m, err))
		return -1;
	m->shown = m->filling;
	m->filling = old;
	m->loaded = true;
	return 0;
}

void moment_data(const struct moment *m, struct ui_data *data)
{
	data->snapshot = m->loaded ? m->shown : NULL;
	data->tracker = m->tracker;
	data->source = &m->source;
	data->rates = m->rates;
	data->troubles = (struct ui_troubles){
		.list = m->troubles,
		.count = m->trouble_count,
		.judged_wall_ns = m->poll.time_ms * NS_PER_MS,
	};
	data->wall_ns = m->poll.time_ms * NS_PER_MS;
	data->protos = m->request.protos;
	data->others = m->others;
	data->uncounted = panel_uncounted(m->request.protos, m->request.states);
	memcpy(data->counts, m->counts, sizeof(data->counts));
}

const char *moment_note(const struct moment *m)
{
	return m->note[0] ? m->note : NULL;
}

struct life_reader {
	struct ui_life *out;
	uint64_t at_ms;
};

/* What came later is not known at this moment; of many states the last ones count. */
static int take_stay(void *context, const struct recorded_stay *stay)
{
	const struct life_reader *reader = context;
	struct ui_life *life = reader->out;
	bool over = stay->until_ms && stay->until_ms <= reader->at_ms;

	if (stay->since_ms > reader->at_ms)
		return 1;
	if (life->count == UI_STAYS_MAX)
		memmove(life->stays, life->stays + 1, --life->count * sizeof(life->stays[0]));
	life->stays[life->count++] = (struct ui_stay){
		.state = stay->state,
		.since_ns = stay->since_ms * NS_PER_MS,
		.until_ns = over ? stay->until_ms * NS_PER_MS : 0,
	};
	return 0;
}

int moment_life(const struct moment *m, const struct sock *sk, struct ui_life *out,
		struct error *err)
{
	struct life_reader reader = { out, m->poll.time_ms };
	uint64_t id = recorded_rows_id(m->rows, sk);

	*out = (struct ui_life){ .cookie = sk->cookie };
	return id ? recording_life(m->recording, id, take_stay, &reader, err) : 0;
}
