/* What findings ask for: see evidence.h. */
#include "config.h"

#include "app/evidence.h"

#include <stdio.h>

#include "base/loop.h"
#include "collect/counters.h"
#include "collect/process_limits.h"

/* What is not told with the socket, so that a filter can only judge it late. */
#define FACTS_LATE (FACT_OWNERS | FACT_CGROUP_PATH | FACT_TRACK | FACT_HOST_NAMES | FACT_LIMITS)

bool evidence_sysctl(const struct options *o, const char *name, char *out, size_t size)
{
	return !sysctl_read(out, size, o->proc_root, name, NULL);
}

static const struct owners *owners_of(void *context, const struct sock *sk)
{
	struct evidence *e = context;
	struct row row = { .sock = sk };

	details_complete(e->details, &row);
	return row.owners;
}

/* Who it is will be looked up. */
static const struct owners *note_owners(void *context, const struct sock *sk)
{
	struct evidence *e = context;

	e->asked = true;
	details_want(e->details, sk, NULL);
	return NULL;
}

void evidence_ask(struct evidence *e, struct finding_input *input)
{
	e->asked = false;
	details_reset(e->details);
	input->owners = note_owners;
}

bool evidence_answer(struct evidence *e, struct finding_input *input)
{
	input->owners = owners_of;
	if (e->asked)
		details_look_up_soon(e->details, e->session->collector, NULL);
	return e->asked;
}

bool evidence_wait(struct evidence *e, unsigned int wait_ms)
{
	return details_wait(e->details, wait_ms);
}

static bool limit_of(void *context, uint32_t pid, struct finding_limit *out)
{
	const struct evidence *e = context;
	struct process_limits limits;

	if (!process_limits_read(&limits, e->o->proc_root, pid))
		return false;
	*out = (struct finding_limit){ .limit = limits.descriptors,
				       .used = limits.open,
				       .used_known = limits.open_known };
	return true;
}

static bool is_wanted(void *context, const struct sock *sk)
{
	struct evidence *e = context;
	struct row row = { .sock = sk };

	details_complete(e->session->details, &row);
	return session_keeps(e->session, &row);
}

/* "8080,9148-9150": how many of them are between @min and @max. */
static uint64_t count_reserved(const char *list, uint64_t min, uint64_t max)
{
	uint64_t count = 0;
	unsigned int first;
	unsigned int last;
	int used;

	for (; sscanf(list, "%u%n", &first, &used) == 1; list += *list == ',') {
		list += used;
		last = first;
		if (sscanf(list, "-%u%n", &last, &used) == 1)
			list += used;
		for (uint64_t port = first; port <= last && port <= 65535; port++)
			count += port >= min && port <= max;
	}
	return count;
}

static uint64_t reserved_ports(const struct options *o, const struct counters *counters)
{
	char list[4096];

	if (!counters || !counters_know(counters, COUNTER_LOCAL_PORT_MIN) ||
	    !counters_know(counters, COUNTER_LOCAL_PORT_MAX) ||
	    !evidence_sysctl(o, "net.ipv4.ip_local_reserved_ports", list, sizeof(list)))
		return 0;
	return count_reserved(list, counters->value[COUNTER_LOCAL_PORT_MIN],
			      counters->value[COUNTER_LOCAL_PORT_MAX]);
}

/*
 * How long the counters have been counting: since the start of the kernel in the host's own
 * network namespace.  How old another one is nobody tells, least of all its processes.
 */
static uint64_t counters_age_ns(const struct options *o, const struct counters *counters)
{
	if (!counters || !counters_are_of_host(counters) || o->from || o->proc_root)
		return 0;
	return loop_now_ns();
}

/* One that was raised nevertheless need not be excused. */
static bool is_raised(const struct findings *f, const struct finding_info *info)
{
	size_t count;
	const struct finding *list = findings_list(f, &count);

	for (size_t i = 0; i < count; i++)
		if (list[i].info == info)
			return true;
	return false;
}

const char *evidence_unjudged(const struct findings *f, char *out, size_t size)
{
	size_t count;
	const struct finding_info *all = findings_all(&count);
	size_t used = 0;

	for (size_t i = 0; i < count && used < size; i++)
		if (findings_unjudged(f, &all[i]) && !is_raised(f, &all[i]))
			used += (size_t)snprintf(out + used, size - used, "%s%s",
						 used ? ", " : "", all[i].name);
	return used ? out : NULL;
}

void evidence_fill(struct evidence *e, const struct counters *counters,
		   struct finding_input *input)
{
	const struct session *s = e->session;
	bool late = s->filter && filter_facts(s->filter) & FACTS_LATE;

	*input = (struct finding_input){
		.counters = counters,
		.protos = s->request.protos,
		.only_sockets = s->filter,
		.counters_age_ns = counters_age_ns(e->o, counters),
		.ports_reserved = reserved_ports(e->o, counters),
		.wanted = late ? is_wanted : NULL,
		.owners = owners_of,
		.limit = e->o->from ? NULL : limit_of,
		.context = e,
	};
}
