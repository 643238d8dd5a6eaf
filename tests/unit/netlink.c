/* netlink: how a datagram is walked, whatever is in it. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collect/netlink.h"
#include "diag_build.h"

struct taken {
	unsigned int messages;
	unsigned int stop_after;
};

static int take(void *context, const struct nlmsghdr *nlh)
{
	struct taken *t = context;

	(void)nlh;
	return ++t->messages == t->stop_after;
}

/* Append a message of @bytes payload, @type and @seq; the new end. */
static char *append(char *at, uint16_t type, uint32_t seq, size_t bytes)
{
	struct nlmsghdr *nlh = diag_header(at, type, seq);

	mnl_nlmsg_put_extra_header(nlh, bytes);
	return at + MNL_ALIGN(nlh->nlmsg_len);
}

static char *append_end(char *at, uint16_t type, uint32_t seq, int code)
{
	diag_end(at, type, seq, code);
	return at + 20;
}

static enum netlink_status walk(const union diag_space *s, const char *end,
				struct netlink_walk *w, struct taken *t)
{
	*w = (struct netlink_walk){ .take = take, .context = t, .seq = 1, .single = w->single,
				    .seq_more = w->seq_more };
	return netlink_walk(s, (size_t)(end - s->bytes), w);
}

static void a_dump_goes_on_until_done(void **unused)
{
	union diag_space s;
	struct taken t = { 0 };
	struct netlink_walk w = { 0 };
	char *end = append(append(s.bytes, 20, 1, 72), 18, 1, 72);

	(void)unused;
	assert_int_equal(walk(&s, end, &w, &t), NETLINK_MORE);
	assert_int_equal(t.messages, 2);
	end = append_end(end, NLMSG_DONE, 1, 0);
	assert_int_equal(walk(&s, end, &w, &t), NETLINK_DONE);
	assert_int_equal(w.code, 0);
	assert_int_equal(t.messages, 4);
	assert_int_equal(w.malformed, 0);
}

/* How a missing protocol handler is told: not with NLMSG_ERROR. */
static void done_may_carry_an_error(void **unused)
{
	union diag_space s;
	struct taken t = { 0 };
	struct netlink_walk w = { 0 };

	(void)unused;
	assert_int_equal(walk(&s, append_end(s.bytes, NLMSG_DONE, 1, -ENOENT), &w, &t),
			 NETLINK_DONE);
	assert_int_equal(w.code, ENOENT);
	assert_int_equal(t.messages, 0);
	/* Old kernels send it without a payload. */
	assert_int_equal(walk(&s, append(s.bytes, NLMSG_DONE, 1, 0), &w, &t), NETLINK_DONE);
	assert_int_equal(w.code, 0);
	assert_int_equal(w.malformed, 0);
}

static void errors_end_the_dump(void **unused)
{
	union diag_space s;
	struct taken t = { 0 };
	struct netlink_walk w = { 0 };

	(void)unused;
	assert_int_equal(walk(&s, append_end(s.bytes, NLMSG_ERROR, 1, -EBUSY), &w, &t),
			 NETLINK_DONE);
	assert_int_equal(w.code, EBUSY);
	assert_int_equal(walk(&s, append(s.bytes, NLMSG_ERROR, 1, 0), &w, &t), NETLINK_DONE);
	assert_int_equal(w.code, EPROTO);
	assert_int_equal(w.malformed, 1);
	assert_int_equal(walk(&s, append_end(s.bytes, NLMSG_ERROR, 1, 12345), &w, &t),
			 NETLINK_DONE);
	assert_int_equal(w.code, EPROTO);
	assert_int_equal(walk(&s, append(s.bytes, NLMSG_OVERRUN, 1, 0), &w, &t), NETLINK_LOST);
	assert_int_equal(w.code, ENOBUFS);
}

/* The answer to an earlier request comes between those to this one. */
static void other_sequence_numbers_are_ignored(void **unused)
{
	union diag_space s;
	struct taken t = { 0 };
	struct netlink_walk w = { 0 };
	char *end = append(s.bytes, 20, 1, 72);

	(void)unused;
	end = append_end(end, NLMSG_ERROR, 7, -EBUSY);
	end = append(end, 20, 0, 72);
	end = append_end(end, NLMSG_DONE, 2, 0);
	end = append(end, NLMSG_NOOP, 1, 0);
	end = append(end, 20, 1, 72);
	assert_int_equal(walk(&s, end, &w, &t), NETLINK_MORE);
	assert_int_equal(t.messages, 2);
}

static void single_answers_are_taken_errors_included(void **unused)
{
	union diag_space s;
	struct taken t = { 0 };
	struct netlink_walk w = { .single = true, .seq_more = 1 };
	char *end = append_end(s.bytes, NLMSG_ERROR, 1, -ENOENT);

	(void)unused;
	end = append(end, 20, 2, 72);
	end = append(end, 20, 3, 72);
	assert_int_equal(walk(&s, end, &w, &t), NETLINK_MORE);
	assert_int_equal(t.messages, 2);
}

static void the_taker_can_stop(void **unused)
{
	union diag_space s;
	struct taken t = { .stop_after = 1 };
	struct netlink_walk w = { 0 };

	(void)unused;
	assert_int_equal(walk(&s, append(append(s.bytes, 20, 1, 72), 20, 1, 72), &w, &t),
			 NETLINK_STOPPED);
	assert_int_equal(t.messages, 1);
}

static void a_datagram_cut_at_every_byte(void **unused)
{
	union diag_space s;
	char *end = append(append(s.bytes, 20, 1, 72), 20, 1, 76);

	(void)unused;
	for (char *cut = s.bytes; cut < end; cut++) {
		size_t len = (size_t)(cut - s.bytes);
		unsigned int whole = len >= 88;
		struct taken t = { 0 };
		struct netlink_walk w = { .take = take, .context = &t, .seq = 1 };
		/* Of exactly this length, so that reading on would be noticed. */
		char *copy = malloc(len ? len : 1);

		memcpy(copy, s.bytes, len);
		assert_int_equal(netlink_walk(copy, len, &w), NETLINK_MORE);
		assert_int_equal(t.messages, whole);
		assert_int_equal(w.malformed, len != 0 && len != 88);
		free(copy);
	}
}

static void lengths_that_lie(void **unused)
{
	static const uint32_t lengths[] = { 0, 1, 15, 89, 0x7fffffff, 0xffffffff };
	union diag_space s;

	(void)unused;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct taken t = { 0 };
		struct netlink_walk w = { 0 };
		char *end = append(s.bytes, 20, 1, 72);

		((struct nlmsghdr *)(void *)s.bytes)->nlmsg_len = lengths[i];
		assert_int_equal(walk(&s, end, &w, &t), NETLINK_MORE);
		assert_int_equal(t.messages, 0);
		assert_int_equal(w.malformed, 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_goes_on_until_done),
		cmocka_unit_test(done_may_carry_an_error),
		cmocka_unit_test(errors_end_the_dump),
		cmocka_unit_test(other_sequence_numbers_are_ignored),
		cmocka_unit_test(single_answers_are_taken_errors_included),
		cmocka_unit_test(the_taker_can_stop),
		cmocka_unit_test(a_datagram_cut_at_every_byte),
		cmocka_unit_test(lengths_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
