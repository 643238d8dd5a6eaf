/* Golden screens: see ui_golden.h. */
#include "config.h"

#include "ui_golden.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static FILE *open_golden(const char *name, int rows, int cols, const char *mode)
{
	const char *srcdir = getenv("srcdir");
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/screens/%s-%dx%d.screen",
		 srcdir ? srcdir : ".", name, cols, rows);
	file = fopen(path, mode);
	if (!file)
		fail_msg("cannot open '%s': %s", path, strerror(errno));
	return file;
}

void golden_check(struct world *w, const char *name, int rows, int cols)
{
	bool update = getenv("UPDATE_GOLDEN");
	FILE *file = open_golden(name, rows, cols, update ? "w" : "r");

	world_draw(w, rows, cols);
	for (int row = 0; row < rows; row++) {
		char drawn[4096];
		char expected[4096];

		world_row(w, row, drawn, sizeof(drawn));
		if (update) {
			fprintf(file, "%s\n", drawn);
			continue;
		}
		if (!fgets(expected, sizeof(expected), file))
			fail_msg("%s-%dx%d has only %d rows", name, cols, rows, row);
		expected[strcspn(expected, "\n")] = '\0';
		assert_string_equal(drawn, expected);
	}
	fclose(file);
}

void golden_check_sizes(struct world *w, const char *name)
{
	golden_check(w, name, 24, 80);
	golden_check(w, name, 40, 120);
	golden_check(w, name, 60, 200);
}
