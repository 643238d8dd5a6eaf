/* Rules about what runs out, and about rates: see findings_rules.h. */
#include "config.h"

#include "model/findings_rules.h"

/* Of a route. */
enum { IN_TIME_WAIT, ASKED };

/* Of a route that is getting full, so many sockets tell who uses it. */
#define ASKED_MAX 64

/* Until the usual rate is known from that long, nothing is unusual. */
#define USUAL_LEAST_S 60.0

/* How many times the usual share of the connections they must be as well. */
#define USUAL_SHARE_TIMES 2.0

/* Over about how long it is averaged; and while it is exceeded, so that it gets used slowly. */
#define USUAL_OVER_S 60.0
#define USUAL_EXCEEDED_OVER_S 3600.0

static const struct {
	enum counter counter;
	const char *what;
} usual_counters[USUAL_COUNTERS] = {
	{ COUNTER_ESTAB_RESETS, "open connections reset" },
	{ COUNTER_ATTEMPT_FAILS, "attempts failed" },
	{ COUNTER_OUT_RSTS, "resets sent" },
};

/* How many local ports there are to give out; 0: not known. */
static uint64_t port_count(const struct findings *f, uint64_t *min, uint64_t *max)
{
	uint64_t reserved = f->input->ports_reserved;

	if (!findings_counter(f, COUNTER_LOCAL_PORT_MIN, min) ||
	    !findings_counter(f, COUNTER_LOCAL_PORT_MAX, max) || *max < *min)
		return 0;
	return *max - *min + 1 > reserved ? *max - *min + 1 - reserved : 0;
}

void ports_observe(struct findings *f, const struct finding_info *self,
		   const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	uint64_t min;
	uint64_t max;
	struct tally *t;

	if (!port_count(f, &min, &max) || sk->local.port < min || sk->local.port > max)
		return;
	t = tally_of(f, self, row, SUBJECT_ROUTE);
	if (!t)
		return;
	t->count++;
	t->figure[IN_TIME_WAIT] += sk->state == STATE_TIME_WAIT;
	/* below that share nothing is raised */
	if (sk->has & SOCK_HAS_INODE && t->figure[ASKED] < ASKED_MAX &&
	    (double)t->count >= findings_threshold(f, THRESHOLD_PORTS_WARNING) / 4 *
					(double)port_count(f, &min, &max)) {
		t->figure[ASKED]++;
		tally_own(f, t, row);
	}
}

/* Seconds until @total ports are used, at the rate since the pass before; below 0: never. */
static double seconds_left(const struct findings *f, const struct tally *t, uint64_t total)
{
	double span = findings_span_s(f);

	if (span <= 0 || !t->before || t->count <= t->before->count)
		return -1;
	if (t->count >= total)
		return 0;
	return (double)(total - t->count) * span / (double)(t->count - t->before->count);
}

static enum severity judge_ports(const struct findings *f, double share, double left)
{
	if (share >= findings_threshold(f, THRESHOLD_PORTS_CRITICAL))
		return SEVERITY_CRITICAL;
	if (share >= findings_threshold(f, THRESHOLD_PORTS_WARNING))
		return SEVERITY_WARNING;
	/* a forecast from a handful of connections is a guess */
	if (left >= 0 && left <= findings_threshold(f, THRESHOLD_PORTS_LEFT) &&
	    share >= findings_threshold(f, THRESHOLD_PORTS_WARNING) / 2)
		return SEVERITY_WARNING;
	return SEVERITY_NONE;
}

void ports_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	uint64_t min;
	uint64_t max;
	uint64_t total = port_count(f, &min, &max);
	double share = total ? (double)t->count / (double)total : 0;
	double left = seconds_left(f, t, total);
	enum severity severity = judge_ports(f, share, left);

	if (severity == SEVERITY_NONE)
		return;
	buffer_printf(out, "%llu of %llu local ports used (", (unsigned long long)t->count,
		      (unsigned long long)total);
	evidence_share(out, share);
	buffer_printf(out, "), %llu of them in TIME-WAIT",
		      (unsigned long long)t->figure[IN_TIME_WAIT]);
	if (t->count >= total) {
		buffer_puts(out, "; none is left");
	} else if (left >= 0) {
		buffer_printf(out, "; %.0f more a second: none left in ",
			      (double)(total - t->count) / (left > 0 ? left : 1));
		evidence_duration(out, (uint64_t)(left * (double)NS_PER_S));
	}
	findings_raise(f, t, severity, share);
}

/* Raise a finding about "@value of @limit @what" by two thresholds. */
static void judge_share(struct findings *f, struct tally *t, uint64_t value, uint64_t limit,
			const char *what, enum threshold warning, enum threshold critical)
{
	double share = limit ? (double)value / (double)limit : 0;
	struct buffer *out = findings_evidence(f);

	if (!limit || share < findings_threshold(f, warning))
		return;
	buffer_printf(out, "%llu of %llu %s (", (unsigned long long)value,
		      (unsigned long long)limit, what);
	evidence_share(out, share);
	buffer_putc(out, ')');
	findings_raise(f, t,
		       share >= findings_threshold(f, critical) ? SEVERITY_CRITICAL :
								  SEVERITY_WARNING,
		       share);
}

void buckets_judge(struct findings *f, struct tally *t)
{
	struct buffer *out;
	uint64_t value;
	uint64_t limit;
	uint64_t overflows;

	if (!findings_counter(f, COUNTER_TCP_MINISOCKS, &value) ||
	    !findings_counter(f, COUNTER_TCP_MAX_TW_BUCKETS, &limit))
		return;
	if (!findings_growth(f, COUNTER_TIME_WAIT_OVERFLOWS, &overflows) || !overflows) {
		judge_share(f, t, value, limit, "buckets taken", THRESHOLD_BUCKETS_WARNING,
			    THRESHOLD_BUCKETS_CRITICAL);
		return;
	}
	out = findings_evidence(f);
	evidence_count(out, overflows, "connection");
	buffer_puts(out, " ended without TIME-WAIT in ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
	buffer_printf(out, "; %llu of %llu buckets taken", (unsigned long long)value,
		      (unsigned long long)limit);
	findings_raise(f, t, SEVERITY_CRITICAL, (double)overflows);
}

void orphans_judge(struct findings *f, struct tally *t)
{
	uint64_t value;
	uint64_t limit;

	if (findings_counter(f, COUNTER_TCP_ORPHANS, &value) &&
	    findings_counter(f, COUNTER_TCP_MAX_ORPHANS, &limit))
		judge_share(f, t, value, limit, "orphans", THRESHOLD_ORPHANS_WARNING,
			    THRESHOLD_ORPHANS_CRITICAL);
}

void memory_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	uint64_t pages;
	uint64_t pressure;
	uint64_t max;
	uint64_t times = 0;
	bool critical;

	if (!findings_counter(f, COUNTER_TCP_MEMORY_PAGES, &pages) ||
	    !findings_counter(f, COUNTER_TCP_MEM_PRESSURE_PAGES, &pressure) ||
	    !findings_counter(f, COUNTER_TCP_MEM_MAX_PAGES, &max) || !max)
		return;
	critical = (double)pages >= findings_threshold(f, THRESHOLD_MEMORY_CRITICAL) * (double)max;
	findings_growth(f, COUNTER_MEMORY_PRESSURES, &times);
	if (!critical && !times &&
	    (double)pages < findings_threshold(f, THRESHOLD_MEMORY_WARNING) * (double)pressure)
		return;
	buffer_printf(out, "%llu pages held; pressure begins at %llu, the limit is %llu",
		      (unsigned long long)pages, (unsigned long long)pressure,
		      (unsigned long long)max);
	if (times)
		buffer_puts(out, "; TCP came under pressure since the last look");
	findings_raise(f, t, critical ? SEVERITY_CRITICAL : SEVERITY_WARNING,
		       (double)pages / (double)max);
}

void conntrack_judge(struct findings *f, struct tally *t)
{
	uint64_t value;
	uint64_t limit;

	if (findings_counter(f, COUNTER_CONNTRACK_COUNT, &value) &&
	    findings_counter(f, COUNTER_CONNTRACK_MAX, &limit))
		judge_share(f, t, value, limit, "entries taken", THRESHOLD_CONNTRACK_WARNING,
			    THRESHOLD_CONNTRACK_CRITICAL);
}

/* The rate since the pass before; below 0: not known. */
static double rate_of(const struct findings *f, size_t i)
{
	double span = findings_span_s(f);
	uint64_t growth;

	if (span <= 0 || !findings_growth(f, usual_counters[i].counter, &growth))
		return -1;
	return (double)growth / span;
}

/* The usual rate; below 0: not known. */
static double usual_rate(const struct findings *f, size_t i)
{
	double age_s = (double)f->input->counters_age_ns / (double)NS_PER_S;
	enum counter c = usual_counters[i].counter;

	if (f->usual_span_s >= USUAL_LEAST_S)
		return f->usual[i];
	if (age_s < USUAL_LEAST_S || !f->before->counters_known ||
	    !counters_know(&f->before->counters, c))
		return -1;
	return (double)f->before->counters.value[c] / age_s;
}

/* Connections opened from here and from elsewhere. */
static double opens(const struct counters *c)
{
	return (double)(c->value[COUNTER_ACTIVE_OPENS] + c->value[COUNTER_PASSIVE_OPENS]);
}

/*
 * Whether resets grew just as connections did: that is load, or a namespace in which all
 * connections have ended so from the beginning.  Where so far there have been no more
 * connections than would come in USUAL_LEAST_S at this rate, they tell of nothing but what
 * goes on just now.
 */
static bool goes_with_opens(const struct findings *f, size_t i)
{
	const struct counters *before = &f->before->counters;
	const struct counters *now = &f->now->counters;
	enum counter c = usual_counters[i].counter;
	double opened;

	if (!counters_know(before, COUNTER_ACTIVE_OPENS) ||
	    !counters_know(before, COUNTER_PASSIVE_OPENS) || opens(before) <= 0)
		return false;
	opened = opens(now) - opens(before);
	if (opens(before) * findings_span_s(f) < USUAL_LEAST_S * opened)
		return false;
	return (double)(now->value[c] - before->value[c]) * opens(before) <
	       USUAL_SHARE_TIMES * (double)before->value[c] * opened;
}

/* How many times the usual rate; 0 while it is no cause for alarm. */
static double excess(const struct findings *f, size_t i)
{
	double rate = rate_of(f, i);
	double usual = usual_rate(f, i);

	if (rate < findings_threshold(f, THRESHOLD_RESETS_LEAST) || usual < 0 ||
	    rate < usual * findings_threshold(f, THRESHOLD_RESETS_TIMES) ||
	    goes_with_opens(f, i))
		return 0;
	return usual > 0 ? rate / usual : rate;
}

void resets_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	double worst = 0;

	for (size_t i = 0; i < USUAL_COUNTERS; i++) {
		double times = excess(f, i);

		if (times <= 0)
			continue;
		buffer_printf(out, "%s%.0f %s a second, usually %.2g", worst > 0 ? "; " : "",
			      rate_of(f, i), usual_counters[i].what, usual_rate(f, i));
		worst = times > worst ? times : worst;
	}
	if (worst > 0)
		findings_raise(f, t, SEVERITY_WARNING, worst);
}

void resets_learn(struct findings *f)
{
	double span = findings_span_s(f);

	if (span <= 0)
		return;
	for (size_t i = 0; i < USUAL_COUNTERS; i++) {
		double rate = rate_of(f, i);
		double over = excess(f, i) > 0 ? USUAL_EXCEEDED_OVER_S : USUAL_OVER_S;

		/* at first a plain mean, later one in which the past fades */
		if (f->usual_span_s < USUAL_OVER_S && over < USUAL_EXCEEDED_OVER_S)
			over = f->usual_span_s;
		if (rate >= 0)
			f->usual[i] += (rate - f->usual[i]) * span / (over + span);
	}
	f->usual_span_s += span;
}

void descriptors_observe(struct findings *f, const struct finding_info *self,
			 const struct finding_row *row)
{
	struct tally *t;

	if (!(row->sock->has & SOCK_HAS_INODE))
		return;
	t = tally_of(f, self, row, SUBJECT_PROCESS);
	if (!t)
		return;
	t->count++;
	if (!t->owners)
		tally_own(f, t, row);
}

void descriptors_judge(struct findings *f, struct tally *t)
{
	uint32_t pid = (uint32_t)t->key.number[0];
	struct finding_limit limit = { 0 };

	if (!pid || (double)t->count < findings_threshold(f, THRESHOLD_DESCRIPTORS_SOCKETS) ||
	    !f->input->limit || !f->input->limit(f->input->context, pid, &limit))
		return;
	judge_share(f, t, limit.used_known ? limit.used : t->count, limit.limit,
		    limit.used_known ? "descriptors open" : "descriptors are sockets",
		    THRESHOLD_DESCRIPTORS_WARNING, THRESHOLD_DESCRIPTORS_CRITICAL);
}
