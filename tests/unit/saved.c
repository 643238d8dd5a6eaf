/* Collectors of saved sources, and of files in the place of /proc/net. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <unistd.h>

#include "collect/dumpfile.h"
#include "diag_build.h"

static const struct collect_request everything = {
	.protos = ~0u,
	.families = FAMILY_V4 | FAMILY_V6,
	.states = ~0u,
	.facts = FACTS_OF_DUMP,
};

/* Counts, and keeps the last one's interface. */
struct count {
	struct sink sink;
	size_t count;
	size_t enough;
	char interface[16];
};

static int count_push(struct sink *self, const struct sock *sk)
{
	struct count *c = sink_of(self, struct count, sink);

	snprintf(c->interface, sizeof(c->interface), "%s", sk->interface ? sk->interface : "-");
	return ++c->count == c->enough;
}

/* A dump of two sockets at @path, its last @cut bytes missing; bound to @ifindex. */
static void write_dump(const char *path, size_t cut, uint32_t ifindex)
{
	union diag_space space;
	size_t len = 0;
	struct nlmsghdr *end;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	memset(&space, 0, sizeof(space));
	for (uint32_t cookie = 1; cookie <= 2; cookie++) {
		void *at = space.bytes + len;

		diag_begin(at, AF_INET, 1, cookie)->id.idiag_if = ifindex;
		diag_full(at);
		len += ((struct nlmsghdr *)at)->nlmsg_len;
	}
	end = diag_header(space.bytes + len, NLMSG_DONE, 1);
	mnl_nlmsg_put_extra_header(end, sizeof(int));
	len += end->nlmsg_len;
	assert_int_equal(fwrite(space.bytes, 1, len - cut, file), len - cut);
	fclose(file);
}

static struct collector *open_dump(const char *path)
{
	struct collect_options options = { .parallel = true };
	struct collector *c;
	struct error err;

	assert_int_equal(dumpfile_source(&options.saved, path, &err), 0);
	c = collector_open(&options, &err);
	assert_non_null(c);
	return c;
}

static void test_again_and_again(void **state)
{
	char path[] = "saved.XXXXXX";
	struct count sink = { .sink.push = count_push };
	struct collector *c;
	struct error err;

	(void)state;
	close(mkstemp(path));
	write_dump(path, 0, 3);
	c = open_dump(path);
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), 0);
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), 0);
	assert_int_equal(sink.count, 4);
	assert_string_equal(sink.interface, "if3");
	assert_int_equal(collector_report(c)->sockets, 2);
	assert_string_equal(collector_report(c)->source, "file");
	assert_null(collector_report(c)->incomplete);
	assert_false(collector_report(c)->matched);
	assert_null(collector_netns_name(c, 1));
	sink = (struct count){ .sink.push = count_push, .enough = 1 };
	assert_int_equal(collector_start(c, &everything, &err), 0);
	assert_int_equal(collector_step(c, &sink.sink, 1, &err), 0);
	assert_int_equal(sink.count, 1);
	assert_null(collector_report(c)->incomplete);
	collector_close(c);
	unlink(path);
}

static void test_only_once(void **state)
{
	char path[] = "/dev/fd/0000000000";
	char bytes[1024];
	char name[] = "saved.XXXXXX";
	struct count sink = { .sink.push = count_push };
	struct collector *c;
	struct error err;
	FILE *file;
	size_t len;
	int ends[2];

	(void)state;
	close(mkstemp(name));
	write_dump(name, 0, 1);
	file = fopen(name, "r");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	unlink(name);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, len), len);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	c = open_dump(path);
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), 0);
	assert_int_equal(sink.count, 2);
	assert_string_equal(sink.interface, "lo");
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), -1);
	assert_non_null(strstr(err.text, "can be read only once"));
	collector_close(c);
	close(ends[0]);
}

static void test_incomplete(void **state)
{
	char path[] = "saved.XXXXXX";
	struct count sink = { .sink.push = count_push };
	struct collector *c;
	struct error err;

	(void)state;
	close(mkstemp(path));
	write_dump(path, 30, 0);
	c = open_dump(path);
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), 0);
	assert_int_equal(sink.count, 1);
	assert_string_equal(sink.interface, "-");
	assert_non_null(strstr(collector_report(c)->incomplete, "after 1 sockets"));
	collector_close(c);
	assert_int_equal(truncate(path, 40), 0);
	c = open_dump(path);
	assert_int_equal(collector_run(c, &everything, &sink.sink, &err), -1);
	assert_non_null(strstr(err.text, "after 0 sockets"));
	assert_null(collector_report(c)->incomplete);
	collector_close(c);
	unlink(path);
	assert_int_equal(dumpfile_source(&(struct saved_source){ 0 }, path, &err), -1);
	assert_non_null(strstr(err.text, path));
}

/* TCP of IPv4 from a file; that of IPv6 from an empty one, so that nothing else is. */
static void test_named_files(void **state)
{
	static const char lines[] =
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
		"   0: 0100007F:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		"     0        0 71 1 0 100 0 0 10 0\n";
	char path[] = "saved.XXXXXX";
	struct collect_options options = { .parallel = true };
	struct collect_request request = everything;
	struct count sink = { .sink.push = count_push };
	struct collector *c;
	struct error err;
	int fd = mkstemp(path);

	(void)state;
	request.protos = PROTO_BIT(PROTO_TCP);
	assert_int_equal(write(fd, lines, sizeof(lines) - 1), sizeof(lines) - 1);
	close(fd);
	options.proc_net[PROTO_TCP][0] = path;
	options.proc_net[PROTO_TCP][1] = "/dev/null";
	c = collector_open(&options, &err);
	assert_non_null(c);
	assert_int_equal(collector_run(c, &request, &sink.sink, &err), 0);
	assert_int_equal(sink.count, 1);
	assert_string_equal(collector_report(c)->source, "procfs");
	unlink(path);
	assert_int_equal(collector_run(c, &request, &sink.sink, &err), -1);
	assert_non_null(strstr(err.text, path));
	collector_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again_and_again),
		cmocka_unit_test(test_only_once),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_named_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
