/*
 * The commands, one file each: declared for the table in commands.c.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

struct options;

/* Each returns the exit status. */
int cmd_top(const struct options *o);
int cmd_list(const struct options *o);
int cmd_summary(const struct options *o);
int cmd_explain(const struct options *o);
int cmd_watch(const struct options *o);
int cmd_wait(const struct options *o);
int cmd_check(const struct options *o);
int cmd_record(const struct options *o);
int cmd_kill(const struct options *o);
int cmd_diff(const struct options *o);

#endif
