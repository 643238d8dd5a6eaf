/*
 * A network namespace of the test's own.  As root it is a plain new network
 * namespace; without privileges a user namespace is made around it, in which
 * the caller is mapped to root, so that both kinds of user get the same powers
 * over the new namespace and none over the old one.
 */
#ifndef LIVE_NETNS_H
#define LIVE_NETNS_H

/* Enter a fresh network namespace and bring lo up.  Returns 0, or -1 with
 * errno set and *@what naming the step that failed (a static string). */
int netns_enter_new(const char **what);

/* Write @value to /proc/sys/net/@name.  Returns 0, or -1 with errno set. */
int netns_sysctl(const char *name, const char *value);

/* Raise the soft limit of descriptors to the hard one, and the hard one as far
 * as this process may, up to @wanted.  Returns the limit that now holds. */
unsigned long netns_raise_nofile(unsigned long wanted);

#endif
