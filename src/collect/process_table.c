/* The processes of the host: see process_table.h. */
#include "config.h"

#include "collect/process_table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"

#define THREADS_MAX 8
/* Below so many links a thread costs more than it saves. */
#define LINKS_WORTH_A_THREAD 500

struct pid_list {
	uint32_t *pids;
	size_t count;
	size_t room;
};

int process_table_open(struct process_table *t, const char *proc_root, struct error *err)
{
	const char *path = proc_root ? proc_root : "/proc";
	struct statfs fs;
	struct stat st;

	*t = (struct process_table){ .root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	if (t->root < 0)
		return error_set(err, errno, "cannot open '%s'", path);
	t->ordered = fstatfs(t->root, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
	/* this process has descriptors: a size of 0 says that sizes mean nothing */
	t->counted = t->ordered && fstatat(t->root, "self/fd", &st, 0) == 0 && st.st_size > 0;
	return 0;
}

static void list_free(struct process *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		process_fini(&list[i]);
	free(list);
}

void process_table_close(struct process_table *t)
{
	list_free(t->list, t->count);
	if (t->root >= 0)
		close(t->root);
	*t = (struct process_table){ .root = -1 };
}

/* A name of digits alone as a pid, or 0. */
static uint32_t pid_of_name(const char *name)
{
	uint64_t n = 0;

	for (; *name; name++) {
		if (*name < '0' || *name > '9' || n > INT32_MAX)
			return 0;
		n = n * 10 + (uint64_t)(*name - '0');
	}
	return n > INT32_MAX ? 0 : (uint32_t)n;
}

static int compare_pids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int pid_add(struct pid_list *l, uint32_t pid)
{
	uint32_t *pids = array_room(l->pids, &l->room, l->count, 256, sizeof(*pids));

	if (!pids)
		return -1;
	l->pids = pids;
	l->pids[l->count++] = pid;
	return 0;
}

static int pids_read(int root, struct pid_list *l, struct error *err)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int failed = 0;

	if (!dir) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		return error_set(err, code, "cannot list the processes");
	}
	while (!failed && (e = readdir(dir))) {
		uint32_t pid = pid_of_name(e->d_name);

		if (pid)
			failed = pid_add(l, pid);
	}
	closedir(dir);
	if (failed)
		return error_set(err, ENOMEM, "cannot list the processes");
	if (l->count)
		qsort(l->pids, l->count, sizeof(*l->pids), compare_pids);
	return 0;
}

/* Take over what is known of @old, the same process earlier. */
static void inherit(struct process *now, struct process *old)
{
	bool same_command = !strcmp(now->command, old->command);

	now->uid = old->uid;
	now->uid_known = old->uid_known;
	now->command_line = old->command_line;
	now->detailed = old->detailed && same_command;
	now->fds = old->fds;
	now->fds_count = old->fds_count;
	now->fds_room = old->fds_room;
	now->resume = old->resume;
	now->known_below = old->known_below;
	now->denied = old->denied;
	now->changed = old->changed || now->fd_count != old->fd_count;
	old->fds = NULL;
	old->command_line = NULL;
}

/* Look at process @pid.  False when it is none that could hold a descriptor. */
static bool look_at(struct process_table *t, uint32_t pid, struct process *p)
{
	int code;

	*p = (struct process){ .last_hit = -1 };
	code = process_read_stat(t->root, pid, p);
	if (code == EACCES || code == EPERM)
		t->forbidden++;
	if (code || p->kernel_thread)
		return false;
	if (t->counted)
		p->fd_count = process_count_fds(t->root, pid);
	return true;
}

/* Merge the processes of now with those of before into @list.  How many; @news: anything new. */
static size_t merge(struct process_table *t, const struct pid_list *pids, struct process *list,
		    bool *news)
{
	size_t count = 0, kept = 0, old = 0, i;

	for (i = 0; i < pids->count; i++) {
		struct process *now = &list[count];

		if (!look_at(t, pids->pids[i], now))
			continue;
		count++;
		while (old < t->count && t->list[old].pid < now->pid)
			old++;
		if (old < t->count && t->list[old].pid == now->pid &&
		    t->list[old].start_time == now->start_time) {
			inherit(now, &t->list[old]);
			kept++;
			*news |= now->changed;
		}
	}
	*news |= kept != count || kept != t->count;
	return count;
}

int process_table_refresh(struct process_table *t, struct error *err)
{
	struct pid_list pids = { 0 };
	struct process *list = NULL;
	bool news = false;
	size_t count;

	if (pids_read(t->root, &pids, err) < 0) {
		free(pids.pids);
		return -1;
	}
	list = calloc(pids.count + 1, sizeof(*list));
	if (!list) {
		free(pids.pids);
		return error_set(err, ENOMEM, "cannot hold %zu processes", pids.count);
	}
	t->forbidden = 0;
	t->hidden = !pids.count || pids.pids[0] != 1;
	count = merge(t, &pids, list, &news);
	list_free(t->list, t->count);
	t->list = list;
	t->count = count;
	free(pids.pids);
	return news;
}

/* What the threads share. */
struct crew {
	struct process_scan scan;
	struct process_job *jobs;
	size_t count;
	atomic_size_t next;
	atomic_uint_fast64_t links;
};

static void *work(void *argument)
{
	struct crew *c = argument;
	uint64_t links = 0;
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->count)
		links += process_scan_fds(&c->scan, c->jobs[i].process, c->jobs[i].limit);
	atomic_fetch_add(&c->links, links);
	return NULL;
}

static int compare_jobs(const void *a, const void *b)
{
	const struct process_job *x = a, *y = b;

	/* the largest first, so that no thread is left with one at the end */
	return (x->process->fd_count < y->process->fd_count) -
	       (x->process->fd_count > y->process->fd_count);
}

static uint64_t links_expected(const struct process_job *jobs, size_t count)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t fds = jobs[i].process->fd_count ? jobs[i].process->fd_count : 32;

		sum += fds < (uint64_t)jobs[i].limit ? fds : (uint64_t)jobs[i].limit;
	}
	return sum;
}

/* Threads beside this one, which work as well; signals are left to this one. */
static unsigned int crew_start(struct crew *c, pthread_t *threads, unsigned int wanted)
{
	unsigned int started = 0;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < wanted && !pthread_create(&threads[started], NULL, work, c))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

int process_table_scan(const struct process_table *t, struct process_job *jobs, size_t count,
		       enum process_trust trust, const struct inode_index *wanted,
		       unsigned int threads, uint64_t *links, struct error *err)
{
	struct crew crew = {
		.scan = {
			.root = t->root,
			.ordered = t->ordered,
			.trust = trust,
			.wanted = wanted,
		},
		.jobs = jobs,
		.count = count,
	};
	uint64_t helpers = links_expected(jobs, count) / LINKS_WORTH_A_THREAD;
	pthread_t ids[THREADS_MAX];
	unsigned int started, i;
	size_t j;

	if (count)
		qsort(jobs, count, sizeof(*jobs), compare_jobs);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (helpers >= threads)
		helpers = threads ? threads - 1 : 0;
	started = crew_start(&crew, ids, (unsigned int)helpers);
	work(&crew);
	for (i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	*links += atomic_load(&crew.links);
	for (j = 0; j < count; j++) {
		if (jobs[j].process->starved)
			return error_set(err, ENOMEM, "cannot hold the descriptors of process %u",
					 (unsigned int)jobs[j].process->pid);
	}
	return 0;
}
