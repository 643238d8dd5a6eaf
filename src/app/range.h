/*
 * A range of a monitoring plugin's threshold.
 *
 * "10": 0 to 10; "10:": 10 and more; "~:10": 10 and less; "10:20"; an '@' in front
 * turns it round.  A value outside the range raises the alarm.  (Monitoring Plugins
 * Development Guidelines, "Threshold and Ranges".)
 */
#ifndef APP_RANGE_H
#define APP_RANGE_H

#include <stdbool.h>

#include "base/error.h"

struct range {
	bool set;
	bool inside; /* '@': a value inside raises the alarm */
	double low;
	double high;
	const char *text; /* as given, for performance data */
};

/* 0, or -1 with @err set. */
int range_parse(struct range *r, const char *text, struct error *err);

/* Whether @value raises the alarm; never where the range is not set. */
bool range_alarms(const struct range *r, double value);

/* Whether @value and all that is more raise it. */
bool range_alarms_from(const struct range *r, double value);

#endif
