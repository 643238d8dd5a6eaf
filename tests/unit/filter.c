/* The filter language: what matches, and what does not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "query/filter.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define V4(a, b, c, d, p) { .family = ADDR_V4, .bytes = { a, b, c, d }, .port = p }
#define MAPPED(a, b, c, d, p)                                                                      \
	{ .family = ADDR_V6, .bytes = { [10] = 0xff, 0xff, a, b, c, d }, .port = p }
#define DOC6(n, p) { .family = ADDR_V6, .bytes = { 0x20, 1, 0x0d, 0xb8, [15] = n }, .port = p }

static const struct tcp_facts slow = { .rtt_us = 150000, .total_retrans_segments = 3 };
static const struct tcp_facts fast = { .rtt_us = 90 };

static const struct owner nginx[] = {
	{ .pid = 812, .fd = 7, .command = "nginx", .command_line = "nginx: master -g x" },
	{ .pid = 813, .fd = 7, .command = "worker" },
};
static const struct owner sshd[] = { { .pid = 1, .fd = 3, .command = "sshd" } };
static const struct owners held_by_nginx = { .reason = OWNER_KNOWN, .count = 2, .list = nginx };
static const struct owners held_by_sshd = { .reason = OWNER_KNOWN, .count = 1, .list = sshd };

/* The sockets of all tests, each known by its letter. */
static const struct specimen {
	char letter;
	struct sock sk;
	const struct owners *owners;
	const char *user;
	uint64_t age_s;
} specimens[] = {
	{ 'l',
	  { .proto = PROTO_TCP, .state = STATE_LISTEN, .local = V4(0, 0, 0, 0, 22),
	    .peer = V4(0, 0, 0, 0, 0), .has = SOCK_HAS_QUEUES, .send_queue = 128 },
	  &held_by_sshd, "root", 7200 },
	{ 'e',
	  { .proto = PROTO_TCP, .state = STATE_ESTABLISHED, .local = V4(10, 0, 0, 1, 22),
	    .peer = V4(193, 233, 7, 9, 50000), .has = SOCK_HAS_QUEUES | SOCK_HAS_MARK,
	    .mark = 0x11, .tcp = &slow, .tcp_bytes = sizeof(slow), .congestion = "cubic" },
	  &held_by_sshd, "root", 60 },
	{ 'c',
	  { .proto = PROTO_TCP, .state = STATE_CLOSE_WAIT, .local = MAPPED(10, 0, 0, 2, 8080),
	    .peer = MAPPED(10, 9, 9, 9, 443), .has = SOCK_HAS_QUEUES | SOCK_HAS_CGROUP,
	    .recv_queue = 2 << 20, .cgroup_id = 77, .tcp = &fast, .tcp_bytes = sizeof(fast) },
	  &held_by_nginx, "www-data", 301 },
	{ 't',
	  { .proto = PROTO_TCP, .state = STATE_TIME_WAIT, .kind = SOCK_MINI,
	    .local = V4(10, 0, 0, 1, 80), .peer = V4(192, 0, 2, 1, 40000) },
	  NULL, NULL, 0 },
	{ 'f',
	  { .proto = PROTO_TCP, .state = STATE_FIN_WAIT_1, .local = V4(10, 0, 0, 1, 443),
	    .peer = V4(193, 233, 7, 200, 1234), .has = SOCK_HAS_QUEUES, .send_queue = 1 },
	  NULL, NULL, 5 },
	{ 's',
	  { .proto = PROTO_TCP, .state = STATE_SYN_SENT, .local = DOC6(1, 40000),
	    .peer = DOC6(2, 80), .has = SOCK_HAS_QUEUES, .ifindex = 3 },
	  NULL, NULL, 1 },
	{ 'r',
	  { .proto = PROTO_TCP, .state = STATE_SYN_RECEIVED, .kind = SOCK_REQUEST,
	    .local = V4(10, 0, 0, 1, 22), .peer = V4(198, 51, 100, 7, 5555) },
	  NULL, NULL, 0 },
	{ 'u',
	  { .proto = PROTO_UDP, .state = STATE_UNCONNECTED, .local = V4(127, 0, 0, 1, 53),
	    .peer = V4(0, 0, 0, 0, 0), .has = SOCK_HAS_QUEUES },
	  NULL, "root", 0 },
	{ 'x',
	  { .proto = PROTO_UNIX, .state = STATE_LISTEN, .name = "/tmp/.X11-unix/X0",
	    .name_len = 17, .has = SOCK_HAS_QUEUES },
	  NULL, "root", 0 },
};

static int find_service(void *context, const char *name, uint16_t *port)
{
	static const struct {
		const char *name;
		uint16_t port;
	} services[] = { { "ssh", 22 }, { "http", 80 }, { "https", 443 }, { "http-alt", 8080 } };

	(void)context;
	for (size_t i = 0; i < COUNT_OF(services); i++) {
		if (strcmp(services[i].name, name) == 0) {
			*port = services[i].port;
			return 0;
		}
	}
	return -1;
}

static size_t find_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	(void)context;
	assert_true(max >= 2);
	if (strcmp(name, "example.net") != 0)
		return 0;
	out[0] = (struct endpoint)V4(192, 0, 2, 1, 0);
	out[1] = (struct endpoint)DOC6(2, 0);
	return 2;
}

static int find_interface(void *context, const char *name, uint32_t *ifindex)
{
	(void)context;
	*ifindex = 3;
	return strcmp(name, "eth0") ? -1 : 0;
}

static int find_cgroup(void *context, const char *path, uint64_t *id)
{
	(void)context;
	*id = 77;
	return strcmp(path, "/system.slice/nginx.service") ? -1 : 0;
}

static const struct filter_options options = {
	.service = find_service,
	.host = find_host,
	.interface = find_interface,
	.cgroup = find_cgroup,
};

/* The letters of the specimens that @f matches, in their order. */
static void matches(const struct filter *f, char *out)
{
	for (size_t i = 0; i < COUNT_OF(specimens); i++) {
		const struct specimen *s = &specimens[i];
		const struct track track = {
			.state_since_ns = (10000 - s->age_s) * UINT64_C(1000000000),
			.state = s->sk.state,
			.previous = s->letter == 'c' ? STATE_ESTABLISHED : STATE_COUNT,
		};
		const struct row row = {
			.sock = &s->sk, .owners = s->owners, .user = s->user,
			.track = s->age_s ? &track : NULL,
			.now_ns = 10000 * UINT64_C(1000000000),
		};

		if (filter_match(f, &row))
			*out++ = s->letter;
	}
	*out = '\0';
}

struct example {
	const char *text;
	const char *letters;
};

static void check(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct filter_error err;
		struct filter *f = filter_parse(examples[i].text, strlen(examples[i].text),
						&options, &err);
		char letters[COUNT_OF(specimens) + 1];

		if (!f)
			fail_msg("%s: %s", examples[i].text, err.message);
		matches(f, letters);
		if (strcmp(letters, examples[i].letters) != 0)
			fail_msg("%s: matched %s, not %s", examples[i].text, letters,
				 examples[i].letters);
		filter_free(f);
	}
}

/* Every example and every form of ss(8). */
static const struct example ss_manual[] = {
	{ "state established ( dport = :ssh or sport = :ssh )", "e" },
	{ "src /tmp/.X11-unix/*", "x" },
	{ "state fin-wait-1 ( sport = :http or sport = :https ) dst 193.233.7/24", "f" },
	{ "state all", "lectfsrux" },
	{ "state connected", "ectfsr" },
	{ "state synchronized", "ectfr" },
	{ "state bucket", "tr" },
	{ "state big", "lecfsux" },
	{ "state bound-inactive", "" },
	{ "exclude connected", "lux" },
	{ "excl listening", "ectfsru" },
	{ "state connected exclude time-wait exclude syn-sent", "ecfr" },
	{ "state established state close-wait", "ec" },
	{ "state listening dst *", "l" },
	{ "dst 193.233.7.9", "e" },
	{ "dst = 193.233.7.9", "e" },
	{ "dst 193.233.7.9:50000", "e" },
	{ "dst 193.233.7.9:22", "" },
	{ "dst 193.233.7.0/25", "e" },
	{ "dst 193/8", "ef" },
	{ "dst [2001:db8::2]", "s" },
	{ "dst [2001:db8::2]:80", "s" },
	{ "dst [2001:db8::]/32", "s" },
	{ "dst [2001:db8::/32]:http", "s" },
	{ "dst 2001:db8::2", "s" },
	{ "dst inet6:[2001:db8::2]:80", "s" },
	{ "dst inet:10.9.9.9", "c" },
	{ "dst 10.9.9.9", "c" },
	{ "src 0.0.0.0", "l" },
	{ "src *:22", "ler" },
	{ "src :22", "ler" },
	{ "src inet:*:22", "ler" },
	{ "dst inet6:*:80", "s" },
	{ "dst inet6:*", "cs" },
	{ "dst example.net", "ts" },
	{ "dst inet6:example.net", "s" },
	{ "dst example.net:80", "s" },
	{ "sport = :22", "ler" },
	{ "sport 22", "ler" },
	{ "sport == ssh", "ler" },
	{ "sport eq :ssh", "ler" },
	{ "sport != 22", "ctfsu" },
	{ "sport ne :22", "ctfsu" },
	{ "sport neq 22", "ctfsu" },
	{ "dport > :1024", "etfr" },
	{ "dport gt 1024", "etfr" },
	{ "sport < 53", "ler" },
	{ "sport lt 53", "ler" },
	{ "sport >= 8080", "cs" },
	{ "sport ge 8080", "cs" },
	{ "sport geq 8080", "cs" },
	{ "sport <= 22", "ler" },
	{ "sport le 22", "ler" },
	{ "sport leq 22", "ler" },
	{ "dport = inet6:80", "s" },
	{ "dport = inet6::80", "s" },
	{ "dev eth0", "s" },
	{ "dev = 3", "s" },
	{ "dev != eth0", "lectfrux" },
	{ "fwmark = 0x11", "e" },
	{ "fwmark 17", "e" },
	{ "fwmark = 0x01/0x03", "e" },
	{ "fwmark != 0x11", "" },
	{ "cgroup = /system.slice/nginx.service", "c" },
	{ "cgroup /system.slice/nginx.service", "c" },
	{ "cgroup != /system.slice/nginx.service", "" },
	{ "autobound", "s" },
	{ "sport = :22 and dport = :50000", "e" },
	{ "sport = :22 & dport = :50000", "e" },
	{ "sport = :22 && dport = :50000", "e" },
	{ "sport = :22 dport = :50000", "e" },
	{ "sport = :80 or sport = :443", "tf" },
	{ "sport = :80 | sport = :443", "tf" },
	{ "sport = :80 || sport = :443", "tf" },
	{ "not sport = :22", "ctfsux" },
	{ "! sport = :22", "ctfsux" },
	{ "! ( sport = :22 or sport = :80 )", "cfsux" },
};

static void test_ss_manual(void **unused)
{
	(void)unused;
	check(ss_manual, COUNT_OF(ss_manual));
}

static void test_blanks_are_optional(void **unused)
{
	static const struct example examples[] = {
		{ "(dport=50000)", "e" },
		{ "sport=:22", "ler" },
		{ "(sport=22)&&(dport=5555)", "r" },
		{ "!sport=22", "ctfsux" },
		{ "!(sport=22|sport=80)", "cfsux" },
		{ "sport!=22", "ctfsu" },
		{ "recv-q>=1M", "c" },
		{ "sport:22 and state:SYN_RECV", "r" },
		{ "\t sport\n=\n22  ", "ler" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

static void test_not_before_and_before_or(void **unused)
{
	static const struct example examples[] = {
		{ "sport = 80 or sport = 22 and dport = 5555", "tr" },
		{ "sport = 80 or sport = 22 dport = 5555", "tr" },
		{ "sport = 22 and dport = 5555 or sport = 80", "tr" },
		{ "(sport = 80 or sport = 22) and dport = 5555", "r" },
		{ "not sport = 22 and dport = 443", "c" },
		{ "not (sport = 22 and dport = 5555)", "lectfsux" },
		{ "not sport = 22 or dport = 5555", "ctfsrux" },
		{ "not not sport = 22", "ler" },
		{ "! ! ! sport = 22", "ctfsux" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

static void test_states_anywhere(void **unused)
{
	static const struct example examples[] = {
		{ "close-wait", "c" },
		{ "CLOSE_WAIT", "c" },
		{ "CloseWait", "c" },
		{ "close wait", "c" },
		{ "'close wait'", "c" },
		{ "state fin wait 1", "f" },
		{ "sport = 22 state close-wait", "" },
		{ "sport = 8080 state close-wait", "c" },
		{ "sport = 8080 and state close-wait", "c" },
		{ "(state close-wait or state syn-sent) and dport = 80", "s" },
		{ "dport = 80 state close-wait state syn-sent", "s" },
		{ "close-wait syn-sent", "cs" },
		{ "close-wait and syn-sent", "" },
		{ "state close-wait and state syn-sent", "" },
		{ "state close-wait,syn-sent", "cs" },
		{ "state in (close-wait, syn-sent)", "cs" },
		{ "state = close-wait", "c" },
		{ "state != listen", "ectfsru" },
		{ "not state listening", "ectfsru" },
		{ "not (state listening state established)", "ctfsru" },
		{ "not state listening state established", "e" },
		{ "state not in (listen, established)", "ctfsru" },
		{ "previous = established", "c" },
		{ "previous != established", "" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

static void test_columns(void **unused)
{
	static const struct example examples[] = {
		{ "pid = 812", "c" },
		{ "pid = 813", "c" },
		{ "pid in (1, 813)", "lec" },
		{ "pid < 100", "le" },
		{ "process = nginx", "c" },
		{ "process = worker", "c" },
		{ "process != nginx", "le" },
		{ "not process = nginx", "letfsrux" },
		{ "process ~ '^ng'", "c" },
		{ "process =~ ^ng", "c" },
		{ "process !~ ^ng", "le" },
		{ "command-line ~ 'master.*-g'", "c" },
		{ "user = www-data", "c" },
		{ "user = 'www-data'", "c" },
		{ "user in (root, \"www-data\")", "lecux" },
		{ "user > root", "c" },
		{ "age > 5m", "lc" },
		{ "age > 60s", "lc" },
		{ "age >= 1m", "lec" },
		{ "age > 1h30m", "l" },
		{ "age = 60s", "e" },
		{ "rtt > 100ms", "e" },
		{ "rtt = 150ms", "e" },
		{ "rtt < 0.1ms", "c" },
		{ "rtt <= 90500ns", "c" },
		{ "rtt < 90500ns", "c" },
		{ "rtt > 89.5us", "ec" },
		{ "rtt = 90500ns", "" },
		{ "recv-q >= 2M", "c" },
		{ "recv_q > 1.5M", "c" },
		{ "recv-queue-bytes > 2047KiB", "c" },
		{ "recv-q > 0", "c" },
		{ "congestion = cubic", "e" },
		{ "proto = udp", "u" },
		{ "proto in (udp, unix)", "ux" },
		{ "udp", "u" },
		{ "not tcp", "ux" },
		{ "peer = 193.233.7.0/24", "ef" },
		{ "peer-network = 10.0.0.0/8", "c" },
		{ "peer in (10/8, 2001:db8::/32)", "cs" },
		{ "local-port in (80, 443, 8000-9000)", "ctf" },
		{ "sport not in (80, 443, 8000-9000)", "lesru" },
		{ "local_address = 10.0.0.1", "etfr" },
		{ "name = /tmp/.X11-unix/X0", "x" },
		{ "mark >= 0x10", "e" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

/* The examples of connstate-filter(7). */
static void test_manual(void **unused)
{
	static const struct example examples[] = {
		{ "state established ( dport = :ssh or sport = :ssh )", "e" },
		{ "close-wait age > 5m", "c" },
		{ "process = sshd and rtt > 100ms and not dst in (10/8, 192.168/16)", "e" },
		{ "process = nginx and rtt > 1us and not dst in (10/8, 192.168/16)", "" },
		{ "sport in (22, 443) and state SYN_RECV", "r" },
		{ "command-line ~ '^nginx' and recv-q > 64k", "c" },
		{ "state established and state close-wait", "" },
		{ "sport = 80 or sport = 443 state fin-wait-1", "tf" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

/* A comparison with what is not known is false, its "not" is true. */
static void test_unknown(void **unused)
{
	static const struct example examples[] = {
		{ "rtt > 0", "ec" },
		{ "not rtt > 0", "ltfsrux" },
		{ "rtt is unknown", "ltfsrux" },
		{ "rtt = unknown", "ltfsrux" },
		{ "rtt is known", "ec" },
		{ "rtt != unknown", "ec" },
		{ "rtt is not unknown", "ec" },
		{ "not rtt is known", "ltfsrux" },
		{ "user is unknown", "tfsr" },
		{ "user != root", "c" },
		{ "not user = root", "ctfsr" },
		{ "process is unknown", "tfsrux" },
		{ "sport != 22 or not sport = 22", "ctfsux" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

static void test_unix_names(void **unused)
{
	static const struct example examples[] = {
		{ "src unix:/TMP/*", "x" },
		{ "src unix:*", "x" },
		{ "src /tmp/.X11-unix/X1", "" },
		{ "not src /tmp/*", "lectfsru" },
		{ "src netlink:*", "" },
	};

	(void)unused;
	check(examples, COUNT_OF(examples));
}

static void test_empty_matches_all(void **unused)
{
	static const struct example examples[] = { { "", "lectfsrux" }, { " \t\n", "lectfsrux" } };
	struct filter_error err;
	struct filter *f = filter_parse("  ", 2, NULL, &err);

	(void)unused;
	check(examples, COUNT_OF(examples));
	assert_true(filter_is_empty(f));
	assert_true(filter_is_exact(f));
	assert_null(filter_match_tree(f));
	filter_free(f);
}

static void test_file_with_comments(void **unused)
{
	static const char text[] = "# what is ours\n(sport = 80\n  # '( not read\n0 = 0\n"
				   "or sport = 443)\n";
	static const char good[] = "# what is ours\n(sport = 80\n  # '( not read\n"
				   "or sport = 443)\n#end";
	struct filter_options file = options;
	struct filter_error err;
	struct filter *f;
	char letters[16];

	(void)unused;
	file.comments = true;
	f = filter_parse(good, strlen(good), &file, &err);
	assert_non_null(f);
	matches(f, letters);
	assert_string_equal(letters, "tf");
	filter_free(f);
	/* a line that starts with 0 is not a comment, as it is for ss */
	assert_null(filter_parse(text, strlen(text), &file, &err));
	assert_int_equal(err.offset, strstr(text, "0 = 0") - text);
}

static void test_facts(void **unused)
{
	static const struct {
		const char *text;
		unsigned int facts;
	} cases[] = {
		{ "sport = 22", 0 },
		{ "rtt > 1ms", FACT_TCP },
		{ "process = x or rtt > 1ms", FACT_OWNERS | FACT_TCP },
		{ "fwmark = 1", FACT_MARK },
		{ "age > 1s", FACT_TRACK },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct filter_error err;
		struct filter *f = filter_parse(cases[i].text, strlen(cases[i].text), NULL, &err);

		assert_non_null(f);
		assert_int_equal(filter_facts(f), cases[i].facts);
		filter_free(f);
	}
}

/* The letters of what may match as long as nobody has looked for the holders. */
static void may_match(const char *text, char *out)
{
	struct filter *f = filter_parse(text, strlen(text), &options, NULL);

	assert_non_null(f);
	for (size_t i = 0; i < COUNT_OF(specimens); i++) {
		const struct row row = { .sock = &specimens[i].sk };

		if (filter_may_match(f, &row, FACT_OWNERS))
			*out++ = specimens[i].letter;
	}
	*out = '\0';
	filter_free(f);
}

/* Where it may match and must not, that depends on what is missing. */
static void test_must_match(void **unused)
{
	static const struct {
		const char *text;
		bool may, must;
	} cases[] = {
		{ "process = nginx", true, false },
		{ "not process = nginx", true, false },
		{ "process = nginx or tcp", true, true },
		{ "sport = :1 or sport = :2 or sport = :3 or pid = 7", true, false },
	};
	const struct sock sk = { .proto = PROTO_TCP, .state = STATE_LISTEN,
				 .local.family = ADDR_V4, .local.port = 80 };
	const struct row row = { .sock = &sk };

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *text = cases[i].text;
		struct filter *f = filter_parse(text, strlen(text), &options, NULL);

		assert_int_equal(filter_may_match(f, &row, FACT_OWNERS), cases[i].may);
		assert_int_equal(filter_must_match(f, &row, FACT_OWNERS), cases[i].must);
		filter_free(f);
	}
}

static void test_may_match(void **unused)
{
	static const struct {
		const char *text;
		const char *letters;
	} examples[] = {
		{ "process = nginx", "lectfsrux" },
		{ "not process = nginx", "lectfsrux" },
		{ "process = nginx and sport = :22", "ler" },
		{ "not (process = nginx or sport != :22)", "lerx" },
		{ "(process = nginx and sport = :22) or state time-wait", "letr" },
		{ "sport = :22", "ler" },
	};
	char letters[COUNT_OF(specimens) + 1];

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(examples); i++) {
		may_match(examples[i].text, letters);
		assert_string_equal(letters, examples[i].letters);
	}
}

static void test_states_protos_families(void **unused)
{
	static const struct {
		const char *text;
		state_set states;
		bool all_protos;
		unsigned int families;
	} cases[] = {
		{ "state listening", STATE_BIT(STATE_LISTEN), true, 6 },
		{ "(listen and sport = 1) or (time-wait and rtt > 1s)",
		  STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_TIME_WAIT), true, 6 },
		{ "listen or rtt > 1s", STATE_BIT(STATE_COUNT) - 1, true, 6 },
		{ "src [::1]", STATE_BIT(STATE_COUNT) - 1, false, 4 },
		{ "src 10/8", STATE_BIT(STATE_COUNT) - 1, false, 6 },
		{ "not src [::1]", STATE_BIT(STATE_COUNT) - 1, true, 6 },
		{ "listen and time-wait", 0, true, 6 },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct filter_error err;
		struct filter *f = filter_parse(cases[i].text, strlen(cases[i].text), NULL, &err);

		assert_non_null(f);
		assert_int_equal(filter_states(f), cases[i].states);
		assert_int_equal(filter_families(f), cases[i].families);
		assert_int_equal(filter_protos(f) >> PROTO_UNIX & 1, cases[i].all_protos);
		filter_free(f);
	}
}

/* Ten thousand terms, in a chain of every kind. */
static void test_long_chains(void **unused)
{
	static const struct {
		const char *before, *between, *after;
		unsigned int count;
	} terms[] = {
		{ "src 10.", ".", ".7:1 or ", 10000 }, { "sport != ", "", " and ", 10000 },
		{ "rtt > ", "", "us or ", 10000 },     { "not src 10.", ".", ".7 ", 10000 },
		{ "process = p", "-", " or ", 10000 }, { "name ~ x", ".", " or ", 1000 },
	};
	static char text[400000];

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(terms); i++) {
		struct filter_error err;
		size_t len = 0;
		struct filter *f;

		for (unsigned int n = 0; n < terms[i].count; n++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u%s%u%s",
						terms[i].before, n / 250 % 6, terms[i].between,
						n % 250, terms[i].after);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "sport = 22");
		assert_true(len < sizeof(text));
		f = filter_parse(text, len, NULL, &err);
		if (!f)
			fail_msg("%s", err.message);
		filter_free(f);
	}
}

/* What ends sockets must not take "all" for a choice, in whatever words. */
static void test_everything(void **state)
{
	static const char *const everything[] = {
		"", "all", "state all", "tcp", "state all and tcp", "not (not tcp)",
	};
	static const char *const choices[] = {
		"state established", "exclude listen", "sport = 1", "dst 10.0.0.0/8", "pid = 1",
		"recv-q > 0", "all and sport = 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]); i++) {
		struct filter *f = filter_parse(everything[i], strlen(everything[i]), NULL, NULL);

		assert_non_null(f);
		assert_true(filter_is_everything(f));
		filter_free(f);
	}
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct filter *f = filter_parse(choices[i], strlen(choices[i]), NULL, NULL);

		assert_non_null(f);
		assert_false(filter_is_everything(f));
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ss_manual),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_blanks_are_optional),
		cmocka_unit_test(test_not_before_and_before_or),
		cmocka_unit_test(test_states_anywhere),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_unix_names),
		cmocka_unit_test(test_empty_matches_all),
		cmocka_unit_test(test_file_with_comments),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_may_match),
		cmocka_unit_test(test_must_match),
		cmocka_unit_test(test_states_protos_families),
		cmocka_unit_test(test_long_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
