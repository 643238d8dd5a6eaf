/*
 * Runs a fuzz target over files instead of libFuzzer: the arguments, or else all
 * files of its corpus (CORPUS, below $srcdir).  Speaks TAP; a crash is the failure.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_MAX ((size_t)16 * 1024 * 1024)

static void replay(const char *path)
{
	static unsigned int number;
	uint8_t *data = malloc(FILE_MAX);
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!data || !file) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	size = fread(data, 1, FILE_MAX, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %u - %s\n", ++number, path);
	fflush(stdout);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_corpus(const char *folder)
{
	const char *srcdir = getenv("srcdir");
	struct dirent **entries;
	char path[4096];
	int count;

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", folder);
	count = scandir(path, &entries, is_visible, alphasort);
	if (count <= 0) {
		printf("Bail out! no corpus in %s\n", path);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", srcdir ? srcdir : ".", folder,
			 entries[i]->d_name);
		replay(path);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return replay_corpus(CORPUS);
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
