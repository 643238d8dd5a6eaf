/*
 * A collector that walks all network namespaces: see everywhere.h.
 *
 * Each is entered for as long as its sockets are read, by a collector of the usual
 * kind whose netlink socket is closed before the next one, so that none is kept
 * alive.  A dump walks the table of the whole host whatever the namespace, so only
 * those are asked whose own counters say that they hold something.
 *
 * Where a namespace may not be entered, what its processes see below /proc is read:
 * less, but no privilege is needed.
 */
#include "config.h"

#include "collect/everywhere.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "collect/fallback.h"
#include "collect/netns.h"

/* So many of the namespaces that could not be entered are named. */
#define REFUSED_NAMED 8

/* The namespaces of one pass and what they are called. */
struct catalogue {
	struct netns_list *list;
	const char **names; /* of the entries of @list */
	size_t count;
	struct arena texts;
};

struct everywhere {
	struct sink stamp; /* between the collectors below and the sink of the pass */
	struct sink *sink;
	bool stopped; /* the sink has enough */
	struct collector *whole; /* the collector that this is the kind of */

	struct collector *inside;  /* asks in a namespace that was entered */
	struct collector *outside; /* reads /proc/PID/net of one that can't be */
	char proc[32];		   /* where @outside reads */
	struct catalogue now;
	struct catalogue before;
	struct collect_request request;
	size_t at;			/* the namespace under way */
	struct collector *under_way;	/* the one of the two above, NULL: not begun */
	proto_set held;			/* protocols that it may have sockets of */
	struct buffer refused_names;
};

static void catalogue_fini(struct catalogue *k)
{
	netns_list_free(k->list);
	free(k->names);
	arena_fini(&k->texts);
}

/* "4f8c09d6a1b2" of a long hexadecimal id, as container tools show it. */
static size_t short_id(const struct cgroup_part *id)
{
	size_t digits = 0;

	while (digits < id->len && strchr("0123456789abcdef", id->text[digits]))
		digits++;
	return digits == id->len && id->len > 12 ? 12 : id->len;
}

static bool is_service(const struct cgroup_part *unit)
{
	static const char suffix[] = ".service";
	size_t len = sizeof(suffix) - 1;

	return unit->text && unit->len > len &&
	       !memcmp(unit->text + unit->len - len, suffix, len);
}

/* The one that init is in, or, where that may not be seen, the kernel's threads. */
static bool is_host(const struct netns *ns)
{
	return ns->pid == 1 || (ns->pid == 2 && ns->command && !strcmp(ns->command, "kthreadd"));
}

static const char *name_of(struct arena *texts, const struct netns *ns)
{
	char text[64];
	int len;

	if (is_host(ns))
		return "host";
	if (ns->name)
		return ns->name;
	if (ns->cgroup_names.container.text)
		return arena_strndup(texts, ns->cgroup_names.container.text,
				     short_id(&ns->cgroup_names.container));
	if (is_service(&ns->cgroup_names.unit))
		return arena_strndup(texts, ns->cgroup_names.unit.text,
				     ns->cgroup_names.unit.len);
	if (ns->command)
		len = snprintf(text, sizeof(text), "%.32s[%" PRIu32 "]", ns->command, ns->pid);
	else
		len = snprintf(text, sizeof(text), "%" PRIu64, ns->inode);
	return arena_strndup(texts, text, (size_t)len);
}

static int catalogue_read(struct catalogue *k, const char *proc_root, struct error *err)
{
	const struct netns *items;
	const char **names;

	k->count = 0;
	arena_reset(&k->texts);
	if (netns_list_read(k->list, proc_root, err))
		return -1;
	items = netns_list_items(k->list, &k->count);
	names = reallocarray(k->names, k->count + 1, sizeof(*names));
	if (!names) {
		k->count = 0;
		return error_set(err, ENOMEM, "cannot hold the network namespaces");
	}
	k->names = names;
	for (size_t i = 0; i < k->count; i++)
		names[i] = name_of(&k->texts, &items[i]);
	return 0;
}

static const char *catalogue_name(const struct catalogue *k, uint64_t inode)
{
	size_t count;
	const struct netns *items = netns_list_items(k->list, &count);

	for (size_t i = 0; i < k->count; i++)
		if (items[i].inode == inode)
			return k->names[i];
	return NULL;
}

static int stamp(struct sink *sink, const struct sock *sk)
{
	struct everywhere *e = sink_of(sink, struct everywhere, stamp);
	struct sock copy = *sk;
	size_t count;

	/* once and for all: what was not matched before is judged after the pass too */
	e->whole->report.matched &= collector_report(e->under_way)->matched;
	copy.netns = netns_list_items(e->now.list, &count)[e->at].inode;
	e->stopped = sink_push(e->sink, &copy);
	return e->stopped;
}

/* Nothing of the namespace under way is kept open, or it could not die. */
static void let_go(struct everywhere *e)
{
	if (!e->under_way)
		return;
	netlink_close(&e->under_way->dump);
	procnet_close(&e->under_way->proc);
	e->under_way = NULL;
}

static void refuse(struct collector *c, struct everywhere *e)
{
	const char *name = e->now.names[e->at];

	if (c->report.refused++ < REFUSED_NAMED) {
		if (e->refused_names.used)
			buffer_puts(&e->refused_names, ", ");
		buffer_puts(&e->refused_names, name ? name : "?");
	}
}

/* What the report says of them once all have been tried. */
static void name_refused(struct collector *c, struct everywhere *e)
{
	if (!c->report.refused)
		return;
	if (c->report.refused > REFUSED_NAMED)
		buffer_puts(&e->refused_names, ", ...");
	buffer_putc(&e->refused_names, '\0');
	c->report.refused_names = e->refused_names.error ? NULL : e->refused_names.data;
}

/* The protocols that may have sockets in a namespace by its own counters. */
static proto_set protos_held(const struct collector *c, uint32_t pid)
{
	const struct everywhere *e = c->other;
	struct netns_counts counts;
	proto_set held = 0;

	netns_count(&counts, c->options.proc_root, pid);
	for (unsigned int p = 0; p < PROTO_COUNT; p++)
		if (e->request.protos & PROTO_BIT(p) &&
		    netns_may_hold(&counts, PROTO_BIT(p), e->request.states))
			held |= PROTO_BIT(p);
	return held;
}

static int begin(struct collector *c, struct collector *how, struct error *err)
{
	struct everywhere *e = c->other;
	struct collect_request request = e->request;

	request.protos = e->held;
	if (collector_start(how, &request, err))
		return -1;
	e->under_way = how;
	return 0;
}

/* Carry on with it.  1: there is more of it; 0: it is done; -1: failed. */
static int carry_on(struct collector *c, struct sink *sink, unsigned int budget_us,
		    struct error *err)
{
	struct everywhere *e = c->other;
	int rc;

	e->sink = sink;
	rc = collector_step(e->under_way, &e->stamp, budget_us, err);
	if (rc > 0 && !e->stopped)
		return 1;
	collect_report_add(&c->report, collector_report(e->under_way));
	if (e->under_way == e->outside && !c->options.no_netlink) {
		c->report.why = "/proc/net is read of namespaces that cannot be entered";
		c->report.unasked = true;
	}
	let_go(e);
	return rc < 0 ? -1 : 0;
}

/* One whose sockets can be seen through its process only. */
static int slice_outside(struct collector *c, const struct netns *ns, struct sink *sink,
			 unsigned int budget_us)
{
	struct everywhere *e = c->other;
	struct error why;
	int rc = 0;

	if (!e->under_way) {
		snprintf(e->proc, sizeof(e->proc), "/proc/%" PRIu32, ns->pid);
		e->outside->options.proc_root = e->proc;
		rc = begin(c, e->outside, &why);
	}
	if (!rc)
		rc = carry_on(c, sink, budget_us, &why);
	if (rc < 0 && !access(e->proc, F_OK))
		refuse(c, e);
	return rc > 0;
}

/* One that this thread is in. */
static int slice_inside(struct collector *c, struct sink *sink, unsigned int budget_us,
			struct error *err)
{
	struct everywhere *e = c->other;

	if (!e->under_way && begin(c, e->inside, err))
		return -1;
	return carry_on(c, sink, budget_us, err);
}

/* Enter it.  0; 1: it is gone; -1: that is not possible. */
static int enter(struct netns_visit *visit, const struct netns *ns)
{
	struct error why = { 0 };
	int fd = netns_open_entry(ns, &why);
	int rc;

	if (fd < 0)
		return why.code == ENOENT || why.code == ESRCH ? 1 : -1;
	rc = netns_enter(visit, fd, &why);
	close(fd);
	return rc;
}

/* A slice of one that has to be entered; like carry_on(). */
static int slice_other(struct collector *c, const struct netns *ns, struct sink *sink,
		       unsigned int budget_us, struct error *err)
{
	struct everywhere *e = c->other;
	struct netns_visit visit = { 0 };
	int rc = enter(&visit, ns);

	if (rc) {
		let_go(e);
		if (rc < 0 && ns->pid)
			return slice_outside(c, ns, sink, budget_us);
		if (rc < 0)
			refuse(c, e);
		return 0;
	}
	if (!e->under_way && !ns->pid)
		e->held = protos_held(c, 0);
	rc = e->held ? slice_inside(c, sink, budget_us, err) : 0;
	return netns_leave(&visit, err) ? -1 : rc;
}

/* A slice of the namespace under way; like carry_on(). */
static int slice(struct collector *c, struct sink *sink, unsigned int budget_us,
		 struct error *err)
{
	struct everywhere *e = c->other;
	size_t count;
	const struct netns *ns = &netns_list_items(e->now.list, &count)[e->at];

	if (!e->under_way && (ns->own || ns->pid)) {
		e->held = protos_held(c, ns->own ? 0 : ns->pid);
		if (!e->held)
			return 0;
	}
	if (ns->own)
		return slice_inside(c, sink, budget_us, err);
	if (e->under_way == e->outside)
		return slice_outside(c, ns, sink, budget_us);
	return slice_other(c, ns, sink, budget_us, err);
}

static int everywhere_start(struct collector *c, const struct collect_request *request,
			    struct error *err)
{
	struct everywhere *e = c->other;
	struct catalogue last = e->before;

	let_go(e);
	e->before = e->now;
	e->now = last;
	e->request = *request;
	e->at = 0;
	e->stopped = false;
	e->refused_names.used = 0;
	fallback_reset(c);
	c->report.why = NULL; /* it was said by a part that has forgotten it */
	c->report.unasked = false;
	c->report.matched = true;
	if (catalogue_read(&e->now, c->options.proc_root, err))
		return -1;
	c->report.namespaces = e->now.count;
	c->report.unseen = netns_list_denied(e->now.list);
	return 0;
}

static int everywhere_step(struct collector *c, struct sink *sink, unsigned int budget_us,
			   struct error *err)
{
	struct everywhere *e = c->other;
	int rc;

	if (e->at >= e->now.count || e->stopped)
		return 0;
	rc = slice(c, sink, budget_us, err);
	if (rc < 0) {
		let_go(e);
		e->at = e->now.count;
		return -1;
	}
	e->at += !rc;
	if (e->at < e->now.count && !e->stopped)
		return 1;
	name_refused(c, e);
	collect_report_name(&c->report, c->sources, sizeof(c->sources));
	return 0;
}

/* No slices, for whoever waits for the whole. */
#define WHOLE_US UINT32_C(3600000000)

static int everywhere_run(struct collector *c, const struct collect_request *request,
			  struct sink *sink, struct error *err)
{
	int rc;

	if (everywhere_start(c, request, err))
		return -1;
	do
		rc = everywhere_step(c, sink, WHOLE_US, err);
	while (rc > 0);
	return rc;
}

static const char *everywhere_netns_name(const struct collector *c, uint64_t netns)
{
	const struct everywhere *e = c->other;
	const char *name = catalogue_name(&e->now, netns);

	return name ? name : catalogue_name(&e->before, netns);
}

static void everywhere_close(struct collector *c)
{
	struct everywhere *e = c->other;

	collector_close(e->inside);
	collector_close(e->outside);
	catalogue_fini(&e->now);
	catalogue_fini(&e->before);
	buffer_fini(&e->refused_names);
	free(e);
	c->other = NULL;
}

static const struct collector_kind everywhere_kind = {
	.start = everywhere_start,
	.step = everywhere_step,
	.run = everywhere_run,
	.netns_name = everywhere_netns_name,
	.close = everywhere_close,
};

int everywhere_open(struct collector *c, struct error *err)
{
	struct collect_options inside = c->options;
	struct collect_options outside = { .no_netlink = true };
	struct everywhere *e = calloc(1, sizeof(*e));

	if (!e)
		return error_set(err, ENOMEM, "cannot collect sockets");
	e->stamp.push = stamp;
	e->whole = c;
	buffer_init(&e->refused_names, -1);
	inside.all_namespaces = false;
	c->other = e;
	c->kind = &everywhere_kind;
	e->inside = collector_open(&inside, err);
	e->outside = collector_open(&outside, err);
	e->now.list = netns_list_new();
	e->before.list = netns_list_new();
	if (!e->inside || !e->outside || !e->now.list || !e->before.list)
		return error_set(err, ENOMEM, "cannot collect sockets");
	return 0;
}
