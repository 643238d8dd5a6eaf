/*
 * What the program tells of itself: help, version, the lists of what it knows.
 */
#ifndef APP_INFO_H
#define APP_INFO_H

struct options;

/* Each prints to standard output and returns the exit status. */
int info_help(const struct options *o);
int info_version(const struct options *o);
int info_columns(const struct options *o);
int info_formats(const struct options *o);
int info_dialects(const struct options *o);
int info_findings(const struct options *o);
int info_thresholds(const struct options *o);

#endif
