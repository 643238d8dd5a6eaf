/*
 * Run a fuzz target over its corpus, with any compiler: each file in
 * tests/fuzz/corpus/FUZZ_CORPUS below $srcdir, one line of TAP each.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_BYTES_MAX ((size_t)1024 * 1024)

static int file_replay(int directory, const char *name)
{
	uint8_t *data = malloc(INPUT_BYTES_MAX);
	int fd = openat(directory, name, O_RDONLY);
	ssize_t size = -1;

	if (data && fd >= 0)
		size = read(fd, data, INPUT_BYTES_MAX);
	if (size >= 0)
		LLVMFuzzerTestOneInput(data, (size_t)size);
	if (fd >= 0)
		close(fd);
	free(data);
	return size < 0 ? -1 : 0;
}

int main(void)
{
	const char *srcdir = getenv("srcdir");
	char directory[PATH_MAX];
	struct dirent *entry;
	unsigned int count = 0;
	unsigned int failed = 0;
	DIR *dir;

	snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/" FUZZ_CORPUS,
		 srcdir ? srcdir : ".");
	dir = opendir(directory);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		if (file_replay(dirfd(dir), entry->d_name) < 0) {
			failed++;
			printf("not ok %u - %s\n", count, entry->d_name);
		} else {
			printf("ok %u - %s\n", count, entry->d_name);
		}
	}
	if (dir)
		closedir(dir);
	if (!count)
		printf("not ok 1 - no corpus in %s\n", directory);
	printf("1..%u\n", count ? count : 1);
	return failed || !count;
}
