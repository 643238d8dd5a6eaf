/*
 * ailing AILMENT COMMAND [ARGUMENT...]: make something wrong with real sockets, in a
 * network namespace of its own, and run a command beside it.
 *
 * The command finds the process that holds the sockets in AILING_PID.
 *
 * Exit status: the command's; 128 + signal when it was killed; 77 when this host
 * allows no namespace; 1 when the ailment could not be brought about; 2 on wrong usage.
 */
#include "config.h"

#include "live/ailments.h"
#include "live/netns.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define FIRST_PORT 10000
#define COUNT_MAX 512
#define LISTEN_BACKLOG 512

static const struct {
	const char *name;
	size_t count;
	void (*make)(struct lab *lab);
} ailments[] = {
	{ "accept-queue-full", 3, ail_queue_full },
	{ "accept-queue-near-full", 10, ail_queue_near_full },
	{ "accept-queue-overflow", 3, ail_queue_overflow },
	{ "busy", 20, ail_busy },
	{ "close-wait", 10, ail_close_wait },
	{ "close-wait-busy", 10, ail_close_wait_busy },
	{ "close-wait-unaccepted", 6, ail_close_wait_unaccepted },
	{ "descriptors", 40, ail_descriptors },
	{ "ephemeral-ports", 45, ail_ports },
	{ "ephemeral-ports-soon", 65, ail_ports_soon },
	{ "ephemeral-ports-spread", 45, ail_ports_spread },
	{ "fin-acknowledged", 3, ail_fin_acknowledged },
	{ "fin-unacknowledged", 3, ail_fin_unacknowledged },
	{ "fin-wait-2-closed", 3, ail_fin_wait_2_closed },
	{ "fin-wait-2-held", 3, ail_fin_wait_2 },
	{ "half-open", 3, ail_silent },
	{ "kept-alive", 3, ail_kept_alive },
	{ "limited-application", 1, ail_limited_application },
	{ "limited-network", 1, ail_limited_network },
	{ "limited-send-buffer", 1, ail_limited_send_buffer },
	{ "no-answer", 1, ail_peer_gone },
	{ "read-slowly", 1, ail_read_slowly },
	{ "resets", 400, ail_resets },
	{ "resets-at-once", 1, ail_resets_at_once },
	{ "retransmission", 1, ail_lossy },
	{ "syn-backlog", 30, ail_syn_backlog },
	{ "syn-cookies", 1, ail_syn_cookies },
	{ "syn-cookies-unanswered", 1, ail_syn_cookies_unanswered },
	{ "syn-flood", 40, ail_syn_flood },
	{ "syn-refused", 3, ail_syn_refused },
	{ "syn-sent-unanswered", 3, ail_syn_sent },
	{ "time-wait-buckets", 18, ail_time_wait },
	{ "time-wait-few", 5, ail_time_wait_few },
	{ "time-wait-overflow", 25, ail_time_wait_overflow },
	{ "udp-drops", 1, ail_udp_drops },
	{ "udp-read", 1, ail_udp_read },
	{ "unread", 1, ail_unread },
};

#define AILMENT_COUNT (sizeof(ailments) / sizeof(ailments[0]))

void ail_meanwhile(void (*act)(void *context), void *context)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid < 0)
		err(1, "cannot start a process");
	if (pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		act(context);
	_exit(0);
}

static void set_sysctls(void)
{
	static const char *const settings[][2] = {
		{ "ipv4/tcp_syn_retries", "60" },     { "ipv4/tcp_synack_retries", "60" },
		{ "ipv4/tcp_orphan_retries", "60" },  { "ipv4/tcp_retries2", "60" },
		{ "ipv4/tcp_max_syn_backlog", "4096" }, { "ipv4/tcp_syncookies", "0" },
		{ "ipv4/tcp_tw_reuse", "0" },	      { "core/somaxconn", "4096" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		netns_sysctl(settings[i][0], settings[i][1]);
}

static int run(char **command)
{
	char holder[16];
	pid_t pid;
	int status;

	snprintf(holder, sizeof(holder), "%d", (int)getpid());
	setenv("AILING_PID", holder, 1);
	pid = fork();
	if (pid < 0)
		err(1, "cannot start a process");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(command[0], command);
		warn("cannot run '%s'", command[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(1, "cannot wait for '%s'", command[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static size_t find(const char *name)
{
	for (size_t i = 0; i < AILMENT_COUNT; i++)
		if (!strcmp(ailments[i].name, name))
			return i;
	errx(2, "there is no ailment '%s'", name);
}

int main(int argc, char **argv)
{
	static const struct flavour flavour = { "IPv4", AF_INET, "127.0.0.1" };
	static struct pair pairs[COUNT_MAX];
	struct lab lab = { .next_port = FIRST_PORT, .flavour = &flavour, .pairs = pairs };
	const char *what;
	size_t which;
	int status;

	if (argc < 3)
		errx(2, "usage: ailing AILMENT COMMAND [ARGUMENT...]");
	which = find(argv[1]);
	if (netns_enter_new(&what) < 0)
		err(EXIT_SKIP, "%s", what);
	set_sysctls();
	signal(SIGPIPE, SIG_IGN);
	lab.recipe = ailments[which].name;
	lab.count = ailments[which].count;
	lab.listener = lab_listen(&lab, LISTEN_BACKLOG, &lab.listener_end);
	ailments[which].make(&lab);
	status = run(argv + 2);
	roster_fini(&lab.roster);
	return status;
}
