/*
 * Golden screens: drawings compared with files in tests/golden/screens.
 *
 * UPDATE_GOLDEN=1 in the environment writes them anew.
 */
#ifndef TESTS_UNIT_UI_GOLDEN_H
#define TESTS_UNIT_UI_GOLDEN_H

#include "ui_world.h"

/* Compare the drawing at that size with the file called @name and that size, row by row. */
void golden_check(struct world *w, const char *name, int rows, int cols);

/* At 80x24, 120x40 and 200x60. */
void golden_check_sizes(struct world *w, const char *name);

#endif
