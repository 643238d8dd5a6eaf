/* What is wrong, for the live view: see troubles.h. */
#include "config.h"

#include "app/troubles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/evidence.h"
#include "base/text.h"
#include "model/facts.h"
#include "model/findings.h"

/* A slice of judging between two looks at the keys, and how many sockets it sees at a time. */
#define SLICE_NS UINT64_C(4000000)
#define SLICE_SOCKETS 1024

/* So long a step waits for owners that are looked up: a key may come meanwhile. */
#define WAIT_MS 4

/* The time between two judgments is so many times what one costs, and at most so long. */
#define REST_TIMES 100
#define REST_MAX_NS UINT64_C(60000000000)

/* What the facts add to a dump, for each socket. */
#define FACTS_COST_NS 400

/* More sockets than that are not all asked for their owners: it takes 3 us each. */
#define OWNERS_OF_ALL_MAX 10000

/* Values of settings are that long. */
#define SYSCTLS_BYTES 256

enum stage {
	STAGE_IDLE,
	STAGE_ASKING,  /* which sockets' owners are wanted? */
	STAGE_LOOKING, /* they are looked up in the background */
	STAGE_JUDGING,
};

struct troubles {
	const struct options *o;
	struct session *session;
	struct details *details; /* owners alone */
	struct findings *findings;
	struct evidence evidence;
	struct finding_input input; /* of the judgment under way */
	enum stage stage;
	bool facts; /* the pass under way, or the last one, delivers what is needed */
	uint64_t wall_ns;
	uint64_t due_ns;
	uint64_t cost_ns; /* CPU, of the judgment under way */
	struct ui_trouble *room;
	size_t capacity;
	char (*sysctls)[SYSCTLS_BYTES]; /* by the finding's place in the table */
	char unjudged[512]; /* names of findings */
	struct ui_troubles list;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct troubles *troubles_new(const struct options *o, struct session *session,
			      struct error *err)
{
	struct troubles *t = calloc(1, sizeof(*t));
	size_t count;

	findings_all(&count);
	if (t) {
		t->o = o;
		t->session = session;
		t->findings = findings_new(&o->thresholds);
		t->sysctls = calloc(count, sizeof(*t->sysctls));
	}
	if (!t || !t->findings || !t->sysctls) {
		error_set(err, ENOMEM, "cannot judge what is seen");
		troubles_free(t);
		return NULL;
	}
	t->details = details_open(FACT_OWNERS, o, session->collector, session->replay, err);
	if (!t->details) {
		troubles_free(t);
		return NULL;
	}
	t->evidence = (struct evidence){ .o = o, .session = session, .details = t->details };
	return t;
}

void troubles_free(struct troubles *t)
{
	if (!t)
		return;
	details_close(t->details);
	findings_free(t->findings);
	free(t->sysctls);
	free(t->room);
	free(t);
}

unsigned int troubles_facts(struct troubles *t, uint64_t now_ns)
{
	t->facts = now_ns >= t->due_ns;
	return t->facts ? findings_facts() & FACTS_OF_DUMP : 0;
}

void troubles_begin(struct troubles *t, const struct troubles_pass *pass)
{
	if (!t->facts)
		return;
	t->facts = false;
	t->wall_ns = snapshot_wall_ns(pass->snapshot);
	evidence_fill(&t->evidence, pass->counters, &t->input);
	t->input.snapshot = pass->snapshot;
	t->input.tracker = pass->tracker;
	t->input.few_owners = snapshot_count(pass->snapshot) > OWNERS_OF_ALL_MAX;
	if (!pass->selected) {
		t->input.only_sockets = false;
		t->input.wanted = NULL;
	}
	evidence_ask(&t->evidence, &t->input);
	t->cost_ns = snapshot_count(pass->snapshot) * FACTS_COST_NS;
	findings_begin(t->findings, &t->input);
	t->stage = STAGE_ASKING;
	/* what the filter wants to know is soon about other sockets */
	while (t->input.wanted && t->stage != STAGE_IDLE)
		troubles_step(t);
}

bool troubles_busy(const struct troubles *t)
{
	return t->stage != STAGE_IDLE;
}

/* "net.core.somaxconn = 4096, ...", as they are now; NULL: it has none. */
static const char *sysctls_of(const struct troubles *t, const struct finding_info *info)
{
	size_t count;
	char *out = t->sysctls[info - findings_all(&count)];
	const char *list = info->sysctls;
	const char *word;
	size_t used = 0;
	size_t len;

	while (list && used < SYSCTLS_BYTES && (word = text_next_word(&list, &len))) {
		char name[96];
		char value[64];

		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		if (evidence_sysctl(t->o, name, value, sizeof(value)))
			used += (size_t)snprintf(out + used, SYSCTLS_BYTES - used, "%s%s = %s",
						 used ? ", " : "", name, value);
	}
	return used ? out : NULL;
}

static struct ui_trouble trouble_of(const struct troubles *t, const struct finding *f)
{
	return (struct ui_trouble){
		.critical = f->severity == SEVERITY_CRITICAL,
		.title = f->info->title,
		.subject = f->subject,
		.evidence = f->evidence,
		.owner = f->owner,
		.meaning = f->info->meaning,
		.remedy = f->info->remedy,
		.confused_with = f->info->confused_with,
		.sysctls = sysctls_of(t, f->info),
		.filter = f->filter,
		.marked = f->info->marked,
		.since_wall_ns = t->wall_ns - (snapshot_taken_ns(t->input.snapshot) - f->since_ns),
		.at_least = f->at_least,
	};
}

static void list_findings(struct troubles *t)
{
	size_t count;
	const struct finding *list = findings_list(t->findings, &count);

	if (count > t->capacity) {
		struct ui_trouble *room = reallocarray(t->room, count, sizeof(*room));

		if (!room)
			count = t->capacity;
		else
			t->capacity = count;
		t->room = room ? room : t->room;
	}
	for (size_t i = 0; i < count; i++)
		t->room[i] = trouble_of(t, &list[i]);
	t->list = (struct ui_troubles){
		.list = t->room,
		.count = count,
		.judged_wall_ns = t->wall_ns,
		.few_owners = t->input.few_owners,
		.unjudged = evidence_unjudged(t->findings, t->unjudged, sizeof(t->unjudged)),
	};
}

/* One step; when all sockets were seen and owners are asked for, they are seen again. */
static void advance(struct troubles *t)
{
	if (t->stage == STAGE_LOOKING) {
		if (!evidence_wait(&t->evidence, WAIT_MS))
			t->stage = STAGE_JUDGING;
		return;
	}
	if (!findings_observe(t->findings, SLICE_SOCKETS))
		return;
	if (t->stage == STAGE_ASKING && evidence_answer(&t->evidence, &t->input)) {
		findings_observe_again(t->findings);
		t->stage = STAGE_LOOKING;
		return;
	}
	findings_end(t->findings, NULL);
	list_findings(t);
	t->stage = STAGE_IDLE;
}

/* Is there more to do than to wait? */
static bool goes_on(const struct troubles *t)
{
	return t->stage != STAGE_IDLE && t->stage != STAGE_LOOKING;
}

bool troubles_step(struct troubles *t)
{
	uint64_t began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t now = began;
	uint64_t rest;

	do {
		advance(t);
		now = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	} while (goes_on(t) && now < began + SLICE_NS);
	t->cost_ns += now - began;
	if (t->stage != STAGE_IDLE)
		return false;
	rest = t->cost_ns * REST_TIMES;
	t->due_ns = clock_ns(CLOCK_MONOTONIC) + (rest < REST_MAX_NS ? rest : REST_MAX_NS);
	return true;
}

const struct ui_troubles *troubles_list(const struct troubles *t)
{
	return &t->list;
}
