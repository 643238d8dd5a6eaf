/* Whose a socket is that no descriptor refers to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/owner_reason.h"

static const struct owner nginx = { .pid = 812, .fd = 6, .command = "nginx" };
static const struct owner worker = { .pid = 813, .fd = 6, .command = "nginx" };
static const struct owner java = { .pid = 900, .fd = 44, .command = "java" };

static struct endpoint v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct endpoint){ .bytes = { a, b, c, d }, .port = port, .family = ADDR_V4 };
}

static struct endpoint v6(uint16_t first, uint8_t last, uint16_t port)
{
	struct endpoint e = { .port = port, .family = ADDR_V6 };

	e.bytes[0] = (uint8_t)(first >> 8);
	e.bytes[1] = (uint8_t)first;
	e.bytes[15] = last;
	return e;
}

static struct endpoint mapped(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct endpoint){ .bytes = { [10] = 0xff, 0xff, a, b, c, d },
				  .port = port,
				  .family = ADDR_V6 };
}

static struct sock tcp(enum state state, struct endpoint local)
{
	return (struct sock){ .proto = PROTO_TCP, .state = (uint8_t)state, .local = local };
}

static struct sock open4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return tcp(STATE_ESTABLISHED, v4(a, b, c, d, port));
}

static struct sock open_mapped(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return tcp(STATE_ESTABLISHED, mapped(a, b, c, d, port));
}

static struct sock open6(uint16_t first, uint8_t last, uint16_t port)
{
	return tcp(STATE_ESTABLISHED, v6(first, last, port));
}

static void add(struct listeners *l, struct sock sk, const struct owner *owner)
{
	const struct owners known = { .reason = OWNER_KNOWN, .count = 1, .list = owner };
	const struct owners denied = { .reason = OWNER_NOT_PERMITTED };

	assert_int_equal(listeners_add(l, &sk, owner ? &known : &denied, NULL), 0);
}

static struct owners resolve(const struct listeners *l, struct sock sk)
{
	return owner_resolve(&sk, &(struct owner_evidence){ .listeners = l });
}

static void assert_owner(struct owners o, enum owner_reason reason, const struct owner *who)
{
	assert_int_equal(o.reason, reason);
	assert_int_equal(o.count, who ? 1 : 0);
	if (who)
		assert_int_equal(o.list[0].pid, who->pid);
}

static void test_by_state(void **state)
{
	static const struct {
		enum state state;
		enum sock_kind kind;
		enum owner_reason reason;
	} rows[] = {
		{ STATE_SYN_RECEIVED, SOCK_REQUEST, OWNER_HALF_OPEN },
		{ STATE_SYN_RECEIVED, SOCK_FULL, OWNER_ACCEPT_QUEUE },
		{ STATE_ESTABLISHED, SOCK_FULL, OWNER_ACCEPT_QUEUE },
		{ STATE_CLOSE_WAIT, SOCK_FULL, OWNER_ACCEPT_QUEUE },
		{ STATE_FIN_WAIT_1, SOCK_FULL, OWNER_SERVER_SIDE },
		{ STATE_FIN_WAIT_2, SOCK_FULL, OWNER_SERVER_SIDE },
		{ STATE_FIN_WAIT_2, SOCK_MINI, OWNER_SERVER_SIDE },
		{ STATE_CLOSING, SOCK_FULL, OWNER_SERVER_SIDE },
		{ STATE_LAST_ACK, SOCK_FULL, OWNER_SERVER_SIDE },
		{ STATE_TIME_WAIT, SOCK_MINI, OWNER_SERVER_SIDE },
	};
	struct listeners *l = listeners_new();
	size_t i;

	(void)state;
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80)), &nginx);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sock sk = tcp(rows[i].state, v4(10, 0, 0, 1, 80));

		sk.kind = (uint8_t)rows[i].kind;
		sk.uid = 0;
		assert_owner(resolve(l, sk), rows[i].reason, &nginx);
	}
	/* the kernel's own: in a state that only a descriptor or the kernel can hold */
	assert_owner(resolve(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80))), OWNER_KERNEL, NULL);
	assert_owner(resolve(l, tcp(STATE_SYN_SENT, v4(10, 0, 0, 1, 5000))), OWNER_KERNEL, NULL);
	listeners_free(l);
}

static void test_client_side(void **state)
{
	struct listeners *l = listeners_new();
	struct sock sk = tcp(STATE_TIME_WAIT, v4(10, 0, 0, 1, 40000));
	const struct owners before = { .reason = OWNER_KNOWN, .count = 1, .list = &java };

	(void)state;
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80)), &nginx);
	sk.kind = SOCK_MINI;
	assert_owner(resolve(l, sk), OWNER_ORPHANED, NULL);
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ .listeners = l,
								   .last_seen = &before }),
		     OWNER_LAST_SEEN, &java);
	assert_false(resolve(l, sk).hidden);
	/* whose port it used may not be looked at */
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 81)), NULL);
	sk.local.port = 81;
	assert_owner(resolve(l, sk), OWNER_ORPHANED, NULL);
	assert_true(resolve(l, sk).hidden);
	/* memory is better evidence than the port */
	sk.local.port = 80;
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ .listeners = l,
								   .last_seen = &before }),
		     OWNER_LAST_SEEN, &java);
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ 0 }), OWNER_ORPHANED, NULL);
	listeners_free(l);
}

static void test_with_descriptor(void **state)
{
	const struct owners held = { .reason = OWNER_KNOWN, .count = 1, .list = &java };
	const struct owners denied = { .reason = OWNER_NOT_PERMITTED };
	struct sock sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 1, 80));

	(void)state;
	sk.has = SOCK_HAS_INODE;
	sk.inode = 99;
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ .holders = &held }), OWNER_KNOWN,
		     &java);
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ .holders = &denied }),
		     OWNER_NOT_PERMITTED, NULL);
	assert_owner(owner_resolve(&sk, &(struct owner_evidence){ 0 }), OWNER_NOT_LOOKED_UP, NULL);
}

static void test_shut_down_is_no_queue(void **state)
{
	struct listeners *l = listeners_new();
	struct sock sk = tcp(STATE_CLOSE_WAIT, v4(10, 0, 0, 1, 80));

	(void)state;
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80)), &nginx);
	sk.has = SOCK_HAS_SHUTDOWN;
	sk.shutdown = 1;
	assert_owner(resolve(l, sk), OWNER_ACCEPT_QUEUE, &nginx);
	sk.shutdown = 3;
	assert_owner(resolve(l, sk), OWNER_SERVER_SIDE, &nginx);
	listeners_free(l);
}

static void test_listener_unknown(void **state)
{
	struct listeners *l = listeners_new();
	struct sock sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 1, 80));

	(void)state;
	assert_owner(resolve(NULL, sk), OWNER_NOT_LOOKED_UP, NULL);
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80)), NULL);
	assert_owner(resolve(l, sk), OWNER_NOT_PERMITTED, NULL);
	sk.state = STATE_TIME_WAIT;
	sk.kind = SOCK_MINI;
	assert_owner(resolve(l, sk), OWNER_ORPHANED, NULL);
	listeners_reset(l);
	sk.kind = SOCK_REQUEST;
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	listeners_free(l);
}

static void test_which_listener(void **state)
{
	struct listeners *l = listeners_new();
	struct sock sk, any6 = tcp(STATE_LISTEN, v6(0, 0, 80)), bound;

	(void)state;
	add(l, any6, &java);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 80)), OWNER_ACCEPT_QUEUE, &java);
	assert_owner(resolve(l, open_mapped(10, 0, 0, 1, 80)), OWNER_ACCEPT_QUEUE,
		     &java);
	add(l, tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80)), &worker);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 80)), OWNER_ACCEPT_QUEUE,
		     &worker);
	assert_owner(resolve(l, open6(0x2001, 1, 80)), OWNER_ACCEPT_QUEUE, &java);
	add(l, tcp(STATE_LISTEN, v4(10, 0, 0, 1, 80)), &nginx);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 80)), OWNER_ACCEPT_QUEUE,
		     &nginx);
	assert_owner(resolve(l, open_mapped(10, 0, 0, 1, 80)), OWNER_ACCEPT_QUEUE,
		     &nginx);
	assert_owner(resolve(l, open4(10, 0, 0, 2, 80)), OWNER_ACCEPT_QUEUE,
		     &worker);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 81)), OWNER_NOT_FOUND, NULL);
	/* same bucket, other port */
	assert_owner(resolve(l, open4(10, 0, 0, 1, 80 + 1024)), OWNER_NOT_FOUND,
		     NULL);
	sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 1, 80));
	sk.netns = 4026531840u;
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 1, 80));
	sk.proto = PROTO_MPTCP;
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	/* bound to an interface: only for what came in there */
	bound = tcp(STATE_LISTEN, v4(0, 0, 0, 0, 90));
	bound.ifindex = 3;
	add(l, bound, &nginx);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 90)), OWNER_NOT_FOUND, NULL);
	sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 1, 90));
	sk.ifindex = 3;
	assert_owner(resolve(l, sk), OWNER_ACCEPT_QUEUE, &nginx);
	listeners_free(l);
}

static void test_v6only(void **state)
{
	struct listeners *l = listeners_new();
	struct sock any6 = tcp(STATE_LISTEN, v6(0, 0, 80));

	(void)state;
	any6.has = SOCK_HAS_V6ONLY;
	any6.v6only = 1;
	add(l, any6, &java);
	assert_owner(resolve(l, open4(10, 0, 0, 1, 80)), OWNER_NOT_FOUND, NULL);
	assert_owner(resolve(l, open6(0x2001, 1, 80)), OWNER_ACCEPT_QUEUE, &java);
	listeners_free(l);
}

static void test_reuseport(void **state)
{
	struct listeners *l = listeners_new();
	struct sock any = tcp(STATE_LISTEN, v4(0, 0, 0, 0, 80));
	struct owners o;

	(void)state;
	add(l, any, NULL);
	add(l, any, &nginx);
	add(l, any, &worker);
	add(l, any, &nginx);
	add(l, any, NULL);
	o = resolve(l, open4(10, 0, 0, 1, 80));
	assert_int_equal(o.reason, OWNER_ACCEPT_QUEUE);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.list[0].pid, 812);
	assert_int_equal(o.list[1].pid, 813);
	listeners_free(l);
}

static void test_unix(void **state)
{
	struct listeners *l = listeners_new();
	char name[] = "/run/a.sock";
	struct sock sk = { .proto = PROTO_UNIX, .state = STATE_LISTEN, .name = name,
			   .name_len = sizeof(name) - 1 };

	(void)state;
	add(l, sk, &nginx);
	memset(name, 'x', sizeof(name) - 1); /* copied */
	sk.name = "/run/a.sock";
	sk.state = STATE_ESTABLISHED;
	assert_owner(resolve(l, sk), OWNER_ACCEPT_QUEUE, &nginx);
	sk.name = "/run/b.sock";
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	sk.name_len = 0;
	assert_owner(resolve(l, sk), OWNER_NOT_FOUND, NULL);
	listeners_free(l);
}

static void test_datagrams(void **state)
{
	struct sock sk = { .proto = PROTO_UDP, .state = STATE_ESTABLISHED };

	(void)state;
	assert_owner(resolve(NULL, sk), OWNER_KERNEL, NULL);
	sk.state = STATE_UNCONNECTED;
	assert_owner(resolve(NULL, sk), OWNER_KERNEL, NULL);
}

static void test_words(void **state)
{
	unsigned int i;

	(void)state;
	for (i = OWNER_KNOWN; i <= OWNER_NOT_FOUND; i++)
		assert_non_null(owner_reason_text(i));
	assert_non_null(strstr(owner_reason_text(OWNER_NOT_PERMITTED), "CAP_SYS_PTRACE"));
}

/* The end is the one that the kernel gave, also where addresses are compared unmapped. */
static void test_listener_end(void **state)
{
	struct listeners *l = listeners_new();
	struct sock six = tcp(STATE_LISTEN, (struct endpoint){ .family = ADDR_V6, .port = 80 });
	struct sock own = tcp(STATE_LISTEN, v4(10, 0, 0, 1, 80));
	struct sock sk = tcp(STATE_ESTABLISHED, v4(10, 0, 0, 2, 80));
	const struct listener_end *end;

	(void)state;
	assert_null(listeners_end(l, &sk));
	add(l, six, &nginx);
	add(l, own, &java);
	end = listeners_end(l, &sk);
	assert_non_null(end);
	assert_int_equal(endpoint_compare(&end->local, &six.local), 0);
	assert_true(end->dual_stack);
	sk.local = own.local;
	end = listeners_end(l, &sk);
	assert_int_equal(endpoint_compare(&end->local, &own.local), 0);
	sk.local.port = 81;
	assert_null(listeners_end(l, &sk));
	listeners_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_state),
		cmocka_unit_test(test_client_side),
		cmocka_unit_test(test_with_descriptor),
		cmocka_unit_test(test_shut_down_is_no_queue),
		cmocka_unit_test(test_listener_unknown),
		cmocka_unit_test(test_which_listener),
		cmocka_unit_test(test_v6only),
		cmocka_unit_test(test_reuseport),
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_listener_end),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("owner_reason", tests, NULL, NULL);
}
