/*
 * The options.  To add one: a function that applies it, a row in the table.  Help,
 * manual and completions come from the table.
 *
 * The letters mean what they mean in ss and netstat; none is ever given another
 * meaning.
 */
#include "config.h"

#include "app/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/amount.h"
#include "app/families.h"
#include "app/grouped.h"
#include "app/info.h"
#include "app/resolver.h"
#include "app/thresholds.h"
#include "base/text.h"
#include "collect/collect.h"
#include "ui/theme.h"
#include "ui/views.h"

/* Short for the table; and the commands that write rows. */
#define DATA CMD_DATA
#define SAVED CMD_SAVED
#define ROWS (CMD_LIST | CMD_SUMMARY | CMD_WATCH | CMD_CHECK | CMD_KILL | CMD_DIFF)

/* The least that a recording can be limited to. */
#define KEEP_MS_MIN 60000
#define MAX_BYTES_MIN (1u << 20)

static int apply_v4(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->families |= FAMILY_V4;
	return 0;
}

static int apply_v6(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->families |= FAMILY_V6;
	return 0;
}

static int apply_family(struct options *o, const char *argument, struct error *err)
{
	return families_add_family(o, argument, err);
}

static int apply_query(struct options *o, const char *argument, struct error *err)
{
	return families_add_list(o, argument, err);
}

static int apply_numeric(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->resolve = false;
	return 0;
}

static int apply_resolve(struct options *o, const char *argument, struct error *err)
{
	(void)argument;
	if (!resolver_available())
		return error_set(err, 0, "%s", resolver_missing);
	o->resolve = true;
	return 0;
}

/* A row is one line always: accepted for the fingers' sake. */
static int apply_nothing(struct options *o, const char *argument, struct error *err)
{
	(void)o, (void)argument, (void)err;
	return 0;
}

/* As in ss: of -a and -l the last one counts. */
static int apply_all(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->listening = false;
	return 0;
}

static int apply_extended(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->extended = true;
	o->timers = true;
	return 0;
}

static int apply_filter_file(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->filter_file = argument;
	return 0;
}

/* "unknown WHAT 'WORD': did you mean ...?", with all names where they are few. */
static int unknown_name(const char *what, const char *word, const char *const *names,
			size_t count, const char *where, struct error *err)
{
	char near[160];

	if (text_nearest(word, strlen(word), names, count, near, sizeof(near)))
		return error_set(err, 0, "unknown %s '%s': did you mean %s? (%s)", what, word,
				 near, where);
	return error_set(err, 0, "unknown %s '%s' (%s)", what, word, where);
}

static int apply_format(struct options *o, const char *argument, struct error *err)
{
	const char *names[16];
	size_t count;
	const struct format *all = formats_all(&count);

	o->template = strchr(argument, '{') ? argument : NULL;
	o->format = o->template ? format_template() : format_find(argument);
	if (o->format)
		return 0;
	for (size_t i = 0; i < count && i < 16; i++)
		names[i] = all[i].name;
	return unknown_name("format", argument, names, count,
			    "--list-formats shows all", err);
}

static int apply_json(struct options *o, const char *argument, struct error *err)
{
	(void)argument;
	return apply_format(o, "json", err);
}

/* The view checks them: it knows what it has. */
static int apply_view_columns(struct options *o, const char *view, const char *argument)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(views[i].name, view))
			o->view_columns[i] = argument;
	return 0;
}

static int apply_columns_listeners(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	return apply_view_columns(o, "Listeners", argument);
}

static int apply_columns_processes(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	return apply_view_columns(o, "Processes", argument);
}

static int apply_columns_peers(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	return apply_view_columns(o, "Peers", argument);
}

static int apply_columns(struct options *o, const char *argument, struct error *err)
{
	struct column_list list = { .count = 0 };

	o->columns = argument;
	if (*argument == '+' || *argument == '-')
		column_list_add(&list, "state");
	return *argument == '-' ? 0 : column_list_parse(&list, argument, err);
}

static int apply_sort(struct options *o, const char *argument, struct error *err)
{
	return sort_parse(&o->sort, argument, err);
}

/* A whole number from @least on. */
static int parse_number(const char *argument, unsigned long least, unsigned long *out,
			struct error *err)
{
	char *end;

	errno = 0;
	*out = strtoul(argument, &end, 10);
	if (errno || *end || end == argument || *argument == '-' || *out < least)
		return error_set(err, 0, "'%s' is not a whole number from %lu on", argument, least);
	return 0;
}

static int apply_by(struct options *o, const char *argument, struct error *err)
{
	o->by = grouped_column(argument, err);
	return o->by ? 0 : -1;
}

static int apply_limit(struct options *o, const char *argument, struct error *err)
{
	unsigned long n;

	if (parse_number(argument, 1, &n, err))
		return -1;
	o->limit = n;
	return 0;
}

static int apply_names(struct options *o, const char *argument, struct error *err)
{
	const char *names[DIALECT_COUNT];

	o->names = dialect_find(argument);
	if (o->names != DIALECT_COUNT)
		return 0;
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		names[i] = dialect_info((enum dialect)i)->name;
	return unknown_name("dialect", argument, names, DIALECT_COUNT, "--list-names shows all",
			    err);
}

static int apply_count(struct options *o, const char *argument, struct error *err)
{
	unsigned long n;

	if (parse_number(argument, 1, &n, err))
		return -1;
	o->count = n;
	return 0;
}

static int apply_warning(struct options *o, const char *argument, struct error *err)
{
	return range_parse(&o->warning, argument, err);
}

static int apply_critical(struct options *o, const char *argument, struct error *err)
{
	return range_parse(&o->critical, argument, err);
}

/* Seconds between @least and @most, with or without a fraction and an "s". */
static int parse_seconds(const char *argument, double least, double most, double *out,
			 struct error *err)
{
	char *end;

	errno = 0;
	*out = strtod(argument, &end);
	if (*end == 's')
		end++;
	if (errno || *end || end == argument || !(*out >= least && *out <= most))
		return error_set(err, 0, "'%s' is not between %g and %g seconds", argument, least,
				 most);
	return 0;
}

static int apply_samples(struct options *o, const char *argument, struct error *err)
{
	return parse_number(argument, 1, &o->samples, err);
}

static int apply_threshold(struct options *o, const char *argument, struct error *err)
{
	return thresholds_parse(&o->thresholds, argument, err);
}

static int apply_timeout(struct options *o, const char *argument, struct error *err)
{
	double seconds;

	if (parse_seconds(argument, 0.001, 1e9, &seconds, err))
		return -1;
	o->timeout_ms = (uint64_t)(seconds * 1000);
	return 0;
}

static int apply_resolve_timeout(struct options *o, const char *argument, struct error *err)
{
	double seconds;

	if (parse_seconds(argument, 0.001, 3600, &seconds, err))
		return -1;
	o->resolve_ms = (unsigned int)(seconds * 1000 + 0.5);
	return 0;
}

static int apply_interval(struct options *o, const char *argument, struct error *err)
{
	double seconds;

	if (parse_seconds(argument, INTERVAL_MIN_S, INTERVAL_MAX_S, &seconds, err))
		return -1;
	o->interval_ms = (unsigned int)(seconds * 1000 + 0.5);
	return 0;
}

static int apply_keep(struct options *o, const char *argument, struct error *err)
{
	if (amount_parse_duration(argument, &o->keep_ms, err))
		return -1;
	return o->keep_ms < KEEP_MS_MIN ?
		       error_set(err, 0, "'%s' is less than a minute", argument) :
		       0;
}

static int apply_max_size(struct options *o, const char *argument, struct error *err)
{
	if (amount_parse_size(argument, &o->max_bytes, err))
		return -1;
	return o->max_bytes < MAX_BYTES_MIN ? error_set(err, 0, "'%s' is less than 1M", argument) :
					      0;
}

static int apply_config(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->config = argument;
	return 0;
}

static int apply_theme(struct options *o, const char *argument, struct error *err)
{
	const char *names[16];
	size_t count;
	const struct theme *all = themes_all(&count);

	o->theme = argument;
	if (theme_find(argument))
		return 0;
	for (size_t i = 0; i < count && i < 16; i++)
		names[i] = all[i].name;
	return unknown_name("theme", argument, names, count < 16 ? count : 16,
			    "connstate(8) lists all", err);
}

static int apply_cpu_limit(struct options *o, const char *argument, struct error *err)
{
	unsigned long n;

	if (parse_number(argument, 1, &n, err))
		return -1;
	o->cpu_limit = n > 100 ? 100 : (unsigned int)n;
	return 0;
}

static int apply_from(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->from = argument;
	return 0;
}

static int apply_at(struct options *o, const char *argument, struct error *err)
{
	if (o->at_count == sizeof(o->at) / sizeof(o->at[0]))
		return error_set(err, 0, "two moments at most");
	o->at[o->at_count++] = argument;
	return 0;
}

static int apply_since(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->since = argument;
	return 0;
}

static int apply_until(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->until = argument;
	return 0;
}

static int apply_dump(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->dump = argument;
	return 0;
}

static int apply_net(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->net = argument;
	return 0;
}

#define FLAG(member) .flag = offsetof(struct options, member)

static const struct option_info options[] = {
	{ .letter = 't', .name = "tcp", .commands = DATA, .protos = PROTO_BIT(PROTO_TCP),
	  .help = "TCP sockets." },
	{ .letter = 'u', .name = "udp", .commands = DATA, .protos = PROTO_BIT(PROTO_UDP),
	  .help = "UDP sockets." },
	{ .letter = 'x', .name = "unix", .commands = DATA, .protos = PROTO_BIT(PROTO_UNIX),
	  .help = "UNIX domain sockets." },
	{ .letter = 'w', .name = "raw", .commands = DATA & ~CMD_CHECK,
	  .protos = PROTO_BIT(PROTO_RAW),
	  .help = "Raw IP sockets." },
	{ .letter = '0', .name = "packet", .commands = DATA, .protos = PROTO_BIT(PROTO_PACKET),
	  .help = "Packet sockets." },
	{ .letter = 'M', .name = "mptcp", .commands = DATA, .protos = PROTO_BIT(PROTO_MPTCP),
	  .help = "Multipath TCP sockets." },
	{ .letter = 'S', .name = "sctp", .commands = DATA, .protos = PROTO_BIT(PROTO_SCTP),
	  .help = "SCTP endpoints and associations." },
	{ .letter = 'd', .name = "dccp", .commands = DATA, .protos = PROTO_BIT(PROTO_DCCP),
	  .help = "DCCP sockets." },
	{ .name = "vsock", .commands = DATA, .protos = PROTO_BIT(PROTO_VSOCK),
	  .help = "VSOCK sockets, between a virtual machine and its host." },
	{ .name = "tipc", .commands = DATA, .protos = PROTO_BIT(PROTO_TIPC),
	  .help = "TIPC sockets." },
	{ .name = "xdp", .commands = DATA, .protos = PROTO_BIT(PROTO_XDP),
	  .help = "AF_XDP sockets." },
	{ .letter = 'f', .name = "family", .argument = "FAMILY", .commands = DATA,
	  .apply = apply_family,
	  .help = "Sockets of FAMILY: inet (IPv4), inet6, link, unix, netlink, vsock, tipc, xdp." },
	{ .letter = 'A', .name = "query", .argument = "LIST", .values = "protocols",
	  .commands = DATA, .apply = apply_query,
	  .help = "Sockets of the protocols in LIST, separated by commas: all, inet, tcp, udp, "
		  "udplite, raw, mptcp, sctp, dccp, unix, packet, netlink, vsock, tipc, xdp, or "
		  "one type of them like unix_stream, u_dgr, p_raw; with ! before one: without "
		  "it." },
	{ .letter = '4', .name = "ipv4", .commands = DATA, .apply = apply_v4,
	  .help = "IPv4 sockets only." },
	{ .letter = '6', .name = "ipv6", .commands = DATA, .apply = apply_v6,
	  .help = "IPv6 sockets only." },
	{ .letter = 'l', .name = "listening", .commands = DATA, FLAG(listening),
	  .help = "Listening sockets only, and UDP sockets without a peer." },
	{ .letter = 'a', .name = "all", .commands = DATA, .apply = apply_all,
	  .help = "Sockets in all states (the default); the last one of -a and -l counts." },
	{ .letter = 'B', .name = "bound-inactive", .commands = DATA, FLAG(bound),
	  .help = "Also TCP sockets that are bound, neither listening nor connected (BOUND; Linux "
		  "6.8 and later). Costs a second walk over the tables." },
	{ .letter = 'n', .name = "numeric", .commands = DATA, .apply = apply_numeric,
	  .help = "Numbers instead of names (the default); the last one of -n and -r counts." },
	{ .letter = 'r', .name = "resolve", .commands = DATA & ~CMD_RECORD,
	  .apply = apply_resolve,
	  .help = "Names instead of numbers: hosts by DNS, ports by services(5). Machine formats "
		  "keep the numbers and get columns with the names." },
	{ .name = "resolve-timeout", .argument = "SECONDS",
	  .commands = DATA & ~(CMD_TOP | CMD_RECORD), .apply = apply_resolve_timeout,
	  .help = "Wait that long for names of hosts (default 2); what has none by then stays a "
		  "number." },
	{ .letter = 'p', .name = "processes",
	  .commands = CMD_LIST | CMD_WATCH | CMD_KILL | CMD_DIFF, FLAG(processes),
	  .help = "Add the processes that hold each socket." },
	{ .letter = 'e', .name = "extended", .commands = CMD_LIST,
	  .apply = apply_extended,
	  .help = "Add user id, inode and cookie, and the timer as -o does." },
	{ .letter = 'i', .name = "info", .commands = CMD_LIST, FLAG(info),
	  .help = "Add what the kernel knows of each connection: round trip, window, loss, "
		  "rates." },
	{ .letter = 'm', .name = "memory", .commands = CMD_LIST, FLAG(memory),
	  .help = "Add the memory that each socket takes." },
	{ .letter = 'o', .name = "options", .commands = CMD_LIST, FLAG(timers),
	  .help = "Add the running timer." },
	{ .letter = 'H', .name = "no-header", .commands = ROWS, FLAG(no_header),
	  .help = "Leave out the heading line." },
	{ .letter = 'O', .name = "oneline", .commands = CMD_LIST, .apply = apply_nothing,
	  .help = "One line a socket (always so)." },
	{ .letter = 'j', .name = "json", .commands = ROWS, .apply = apply_json,
	  .help = "Short for --format json." },
	{ .name = "format", .argument = "FORMAT", .values = "formats", .commands = ROWS,
	  .apply = apply_format,
	  .help = "How to write: table, json, jsonl, csv, tsv, or a template like '{state} "
		  "{peer}'." },
	{ .name = "columns", .argument = "LIST", .values = "columns",
	  .commands = CMD_TOP | CMD_LIST, .apply = apply_columns,
	  .help = "Columns to show, in order, separated by commas; with + or - before a name: "
		  "added to or taken from the default ones." },
	{ .name = "columns-listeners", .argument = "LIST", .commands = CMD_TOP,
	  .apply = apply_columns_listeners,
	  .help = "Columns of the view of listeners: local, process, used, waiting, children, "
		  "exposure, dropped, dropped_per_second, states." },
	{ .name = "columns-processes", .argument = "LIST", .commands = CMD_TOP,
	  .apply = apply_columns_processes,
	  .help = "Columns of the view of processes: group, sockets, new_per_second, "
		  "gone_per_second, recv_queue_bytes, send_queue_bytes, share; those of the "
		  "states follow." },
	{ .name = "columns-peers", .argument = "LIST", .commands = CMD_TOP,
	  .apply = apply_columns_peers, .help = "The same of the view of peers." },
	{ .name = "sort", .argument = "LIST", .values = "columns",
	  .commands = CMD_TOP | CMD_LIST, .apply = apply_sort,
	  .help = "Columns to sort by, most important first; with - before a name: descending." },
	{ .name = "limit", .argument = "N", .commands = CMD_LIST | CMD_SUMMARY,
	  .apply = apply_limit,
	  .help = "Show the first N rows only; of a summary with --by." },
	{ .name = "total", .commands = CMD_LIST | CMD_SUMMARY, FLAG(total),
	  .help = "In tables, a last row: how many there are, and the sums of bytes and "
		  "backlogs; the table of states has such rows anyway." },
	{ .name = "names", .argument = "DIALECT", .values = "dialects",
	  .commands = (DATA & ~CMD_RECORD) | CMD_EXPLAIN, .apply = apply_names,
	  .help = "Name the states as another system does (--list-names)." },
	{ .name = "base-units", .commands = CMD_LIST | CMD_WATCH, FLAG(raw),
	  .help = "Numbers in base units: 4194304, not 4.0M." },
	{ .name = "exact", .commands = CMD_SUMMARY, FLAG(exact),
	  .help = "Count every socket, instead of taking the counts of ESTABLISHED and TIME-WAIT "
		  "from the kernel's counters." },
	{ .letter = 'F', .name = "filter", .argument = "FILE", .values = "files",
	  .commands = DATA, .apply = apply_filter_file, .line_only = true,
	  .help = "Read the filter from FILE (- is standard input); lines that start with # are "
		  "skipped." },
	{ .name = "explain-filter", .commands = CMD_LIST, FLAG(explain_filter),
	  .line_only = true,
	  .help = "Show what of the filter the kernel evaluates and what is evaluated here, and "
		  "end." },
	{ .letter = 'w', .name = "warning", .argument = "RANGE", .commands = CMD_CHECK,
	  .apply = apply_warning,
	  .help = "Warn when the number of sockets is outside RANGE: 10, 10:, ~:10, 10:20, or "
		  "inside it: @10:20." },
	{ .letter = 'c', .name = "critical", .argument = "RANGE", .commands = CMD_CHECK,
	  .apply = apply_critical,
	  .help = "The same, critical." },
	{ .name = "by", .argument = "COLUMN", .values = "columns", .commands = CMD_SUMMARY,
	  .apply = apply_by,
	  .help = "A table of COLUMN (process, peer, user, unit ...) and states, largest first." },
	{ .name = "group-by", .argument = "COLUMN", .values = "columns", .commands = CMD_LIST,
	  .apply = apply_by,
	  .help = "One row a value of COLUMN: how many sockets, and the sums of their numbers." },
	{ .name = "threshold", .argument = "NAME=VALUE", .values = "thresholds",
	  .commands = CMD_CHECK | CMD_TOP | CMD_RECORD, .apply = apply_threshold,
	  .help = "Change when a finding is raised: close-wait.count=100, close-wait.age=30s, "
		  "orphans.warning=40% (--list-thresholds). May be given more than once." },
	{ .name = "samples", .argument = "N", .commands = CMD_CHECK, .apply = apply_samples,
	  .help = "Look N times before judging (default 2); with 1 nothing is known of growth "
		  "and rates." },
	{ .letter = 'y', .name = "yes", .commands = CMD_KILL, FLAG(yes), .line_only = true,
	  .help = "Do not ask." },
	{ .name = "count", .argument = "N", .commands = CMD_WAIT, .apply = apply_count,
	  .help = "Wait for N sockets or more (default 1)." },
	{ .name = "none", .commands = CMD_WAIT, FLAG(none),
	  .help = "Wait until no socket matches." },
	{ .name = "timeout", .argument = "SECONDS", .commands = CMD_WAIT,
	  .apply = apply_timeout,
	  .help = "Give up after that time: exit status 1." },
	{ .name = "interval", .argument = "SECONDS",
	  .commands = CMD_TOP | CMD_WATCH | CMD_WAIT | CMD_CHECK | CMD_RECORD | CMD_LIST |
		      CMD_SUMMARY,
	  .apply = apply_interval,
	  .help = "Time between two polls, 0.05 to 3600 (default 1; of wait 0.1). list polls "
		  "twice where limited_by is asked for, else once. summary with it polls twice, "
		  "and tells how sockets moved between the states meanwhile." },
	{ .name = "keep", .argument = "DURATION", .commands = CMD_RECORD, .apply = apply_keep,
	  .help = "Delete from the recording what is older: 90s, 30m, 24h, 7d." },
	{ .name = "max-size", .argument = "SIZE", .commands = CMD_RECORD,
	  .apply = apply_max_size,
	  .help = "Keep the recording smaller than this, by deleting what is oldest: 500M, 2G." },
	{ .name = "cpu-limit", .argument = "PERCENT", .commands = CMD_TOP,
	  .apply = apply_cpu_limit,
	  .help = "Poll less often rather than take more of one core than this (default 10)." },
	{ .name = "theme", .argument = "NAME", .values = "themes", .commands = CMD_TOP,
	  .apply = apply_theme,
	  .help = "Colours of the live view." },
	{ .name = "no-events", .commands = CMD_TOP | CMD_WATCH | CMD_SUMMARY, FLAG(no_events),
	  .help = "Do not listen for destroyed sockets, which costs the host some 8 microseconds "
		  "each: what lives and dies between two polls is not seen then." },
	{ .name = "no-mouse", .commands = CMD_TOP, FLAG(no_mouse),
	  .help = "Leave the mouse to the terminal, for selecting text." },
	{ .name = "no-netlink", .commands = DATA, FLAG(no_netlink),
	  .help = "Read /proc/net instead of asking through netlink." },
	{ .name = "config", .argument = "FILE", .values = "files", .commands = CMD_ANY,
	  .apply = apply_config, .early = true, .line_only = true,
	  .help = "Read the configuration from FILE." },
	{ .name = "no-config", .commands = CMD_ANY, FLAG(no_config), .early = true,
	  .line_only = true,
	  .help = "Read no configuration." },
	{ .letter = 'N', .name = "net", .argument = "NAMESPACE", .commands = DATA,
	  .apply = apply_net,
	  .help = "Look at a network namespace: its name (ip netns, docker), the pid of a "
		  "process in it, or its path. Names of hosts are still asked for in this one." },
	{ .name = "all-namespaces", .commands = DATA & ~CMD_KILL,
	  FLAG(all_namespaces),
	  .help = "Look at every network namespace of this host, and add the column netns." },
	{ .name = "from", .argument = "FILE", .values = "files", .commands = SAVED,
	  .apply = apply_from, .line_only = true,
	  .help = "Read a recording, or a dump that was saved by -D, or by ss -D, instead of "
		  "asking the kernel (- is standard input)." },
	{ .name = "at", .argument = "TIME",
	  .commands = CMD_TOP | CMD_LIST | CMD_SUMMARY | CMD_CHECK | CMD_DIFF,
	  .apply = apply_at,
	  .line_only = true,
	  .help = "The moment of a recording to look at (default: the last poll; of top the "
		  "first): "
		  "'2026-11-22 14:03:05', 14:03, 2026-11-22T14:03:05Z, @1795356185, -5m (before "
		  "the end), +1h (after the beginning), 'yesterday 14:00', first, last. With diff, "
		  "twice." },
	{ .name = "since", .argument = "TIME", .commands = CMD_SUMMARY | CMD_WATCH,
	  .apply = apply_since, .line_only = true,
	  .help = "From that moment of a recording on (default: its beginning)." },
	{ .name = "until", .argument = "TIME", .commands = CMD_SUMMARY | CMD_WATCH,
	  .apply = apply_until, .line_only = true,
	  .help = "Up to that moment of a recording (default: its end)." },
	{ .name = "short-lived", .commands = CMD_DIFF, FLAG(short_lived),
	  .help = "Also list connections that were there at neither moment, but in between." },
	{ .letter = 'D', .name = "dump", .argument = "FILE", .values = "files",
	  .commands = CMD_LIST, .apply = apply_dump, .line_only = true,
	  .help = "Show nothing, save what the kernel tells of the sockets to FILE, which ss "
		  "reads as well (- is standard output)." },
	{ .name = "anonymize", .commands = CMD_LIST, FLAG(anonymize),
	  .help = "Replace addresses and names by others, the same one always by the same "
		  "other." },
	{ .name = "list-columns", .commands = CMD_ANY, .action = info_columns,
	  .help = "Show all columns." },
	{ .name = "list-formats", .commands = CMD_ANY, .action = info_formats,
	  .help = "Show all formats." },
	{ .name = "list-names", .commands = CMD_ANY, .action = info_dialects,
	  .help = "Show all dialects of state names." },
	{ .name = "list-findings", .commands = CMD_ANY, .action = info_findings,
	  .help = "Show all findings of check." },
	{ .name = "list-thresholds", .commands = CMD_ANY, .action = info_thresholds,
	  .help = "Show the thresholds of findings." },
	{ .letter = 's', .name = "summary", .commands = CMD_ANY, .command = "summary",
	  .help = "The command summary, as ss calls it." },
	{ .letter = 'E', .name = "events", .commands = CMD_ANY, .command = "watch",
	  .help = "The command watch, as ss calls it." },
	{ .letter = 'K', .name = "kill", .commands = CMD_ANY, .command = "kill",
	  .help = "The command kill, as ss calls it." },
	{ .letter = 'h', .name = "help", .commands = CMD_ANY, .action = info_help,
	  .help = "Show this help." },
	{ .letter = 'V', .name = "version", .commands = CMD_ANY, .action = info_version,
	  .help = "Show the version." },
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

_Static_assert(OPTION_COUNT <= OPTIONS_MAX, "room for all options");

const struct option_info *options_all(size_t *count)
{
	*count = OPTION_COUNT;
	return options;
}
