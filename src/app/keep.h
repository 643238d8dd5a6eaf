/*
 * What the user changes in the live view and wants to keep.
 */
#ifndef APP_KEEP_H
#define APP_KEEP_H

#include "app/options.h"
#include "ui/settings.h"
#include "ui/ui.h"

/* The settings as they were at the start. */
struct keep {
	char before[SETTINGS][SETTING_BYTES];
};

void keep_init(struct keep *k, const struct ui *ui);

/* Save what is another one now to the configuration, and tell the user of the view. */
void keep_save(const struct keep *k, const struct options *o, struct ui *ui);

#endif
