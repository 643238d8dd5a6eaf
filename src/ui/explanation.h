/*
 * What a state means: as much as there is room for below the diagram, and all of it on
 * a page of its own, which scrolls.
 */
#ifndef UI_EXPLANATION_H
#define UI_EXPLANATION_H

#include "ui/ui.h"

/* Rows below which there is no room for whole explanations. */
#define ROWS_EXPLAINED 6

/* What the state of ->box means, in the rows from @row to @last. */
void explanation_draw(const struct ui *ui, struct canvas *c, int row, int last);

#endif
