-- Ten minutes of a web server, 2026-11-22 14:00 to 14:10 UTC, a poll every ten seconds;
-- from 14:06 to 14:07 nothing was recorded.  For tests/recording_make.
INSERT INTO info VALUES ('host', 'web-1'), ('kernel', '6.12.4'), ('program', 'connstate 0.1.0'),
 ('interval_ms', 10000);
INSERT INTO state (id, name) VALUES (1, 'LISTEN'), (2, 'SYN-SENT'), (4, 'ESTABLISHED'),
 (5, 'FIN-WAIT-1'), (6, 'FIN-WAIT-2'), (7, 'CLOSE-WAIT'), (10, 'TIME-WAIT'), (12, 'UNCONNECTED');
INSERT INTO proto (id, name) VALUES (1, 'tcp'), (2, 'udp');
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
 INSERT INTO level SELECT i, 1 << i FROM n;

INSERT INTO netns VALUES (1, 4026532999, 'blue');
INSERT INTO cgroup VALUES
 (1, 501, '/system.slice/nginx.service', 'nginx.service', NULL),
 (2, 502, '/kubepods.slice/kubepods-pod77.slice/cri-containerd-c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00.scope',
  NULL, 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO process VALUES (1, 812, 1000, 'nginx', 'nginx: worker process', 33),
 (2, 3121, 2000, 'java', 'java -jar app.jar', 1000),
 (3, 53, 300, 'dnsmasq', NULL, NULL),
 (4, 666, 400, 'e' || char(27) || '[2J' || char(10) || 'x', NULL, NULL);

-- Two listeners and a resolver that were there before, and stay.
INSERT INTO socket (id, proto, family, local_address, local_port, peer_address, peer_port, cookie,
 inode, uid, cgroup, opened_ms, opened_before) VALUES
 (1, 1, 4, '0.0.0.0', 80, '0.0.0.0', 0, 1001, 9001, 0, 1, 1795356000000, 1),
 (2, 1, 6, '::', 8080, '::', 0, 1002, 9002, 1000, 2, 1795356000000, 1),
 (3, 2, 4, '127.0.0.1', 53, '0.0.0.0', 0, 1003, 9003, 53, NULL, 1795356000000, 1);
INSERT INTO holder VALUES (1, 1, 6), (2, 2, 40), (3, 3, 4);

-- A connection that leaks into CLOSE-WAIT, one in another namespace, one on its way out.
INSERT INTO socket (id, proto, family, local_address, local_port, peer_address, peer_port, cookie,
 inode, uid, netns, cgroup, owner_reason, opened_ms, opened_before, closed_ms, closed_by) VALUES
 (4, 1, 6, '2001:db8::80', 8080, '2001:db8::5', 50123, -2, 9004, 1000, NULL, 2, NULL,
  1795356060000, 0, NULL, NULL),
 (5, 1, 4, '192.0.2.1', 41000, '198.51.100.9', 443, 1005, 9005, 1000, 1, NULL, NULL,
  1795356065250, 0, NULL, NULL),
 (6, 1, 4, '192.0.2.1', 80, '203.0.113.7', 60006, 1006, NULL, NULL, NULL, NULL,
  'closed, server side of', 1795356100000, 0, 1795356280000, 'event'),
 (7, 1, 4, '192.0.2.1', 80, '203.0.113.8', 60007, 1007, 9007, 33, NULL, 1, NULL,
  1795356370000, 0, 1795356420000, 'gap'),
 (8, 1, 4, '192.0.2.1', 80, '203.0.113.9', 60008, 1008, 9008, 33, NULL, 1, NULL,
  1795356420000, 1, NULL, NULL),
 (9, 1, 4, '192.0.2.1', 80, '203.0.113.9', 60009, 1009, 9009, 33, NULL, 1, NULL,
  1795356500000, 0, NULL, NULL);
INSERT INTO holder VALUES (4, 2, 41), (5, 4, 5), (6, 1, 9), (7, 1, 10), (8, 1, 11), (9, 1, 12);

-- Short ones, five a minute but for the gap, that no poll saw.
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49)
 INSERT INTO socket (id, proto, family, local_address, local_port, peer_address, peer_port,
  cookie, uid, opened_ms, opened_before, closed_ms, closed_by)
 SELECT 100 + i, 1, 4, '192.0.2.1', 80, '203.0.113.' || (10 + i % 3), 40000 + i, 2000 + i, 33,
  1795356001000 + 12000 * i, 0, 1795356001000 + 12000 * i + i % 4, 'event'
 FROM n WHERE NOT (i BETWEEN 29 AND 35);

CREATE TEMP TABLE stay (socket, since_ms, state, until_ms);
INSERT INTO stay VALUES
 (1, 1795356000000, 1, NULL), (2, 1795356000000, 1, NULL), (3, 1795356000000, 12, NULL),
 (4, 1795356060000, 4, 1795356121500), (4, 1795356121500, 7, NULL),
 (5, 1795356065250, 2, 1795356065250), (5, 1795356065250, 4, NULL),
 (6, 1795356100000, 4, 1795356200000), (6, 1795356200000, 5, 1795356200010),
 (6, 1795356200010, 6, 1795356220000), (6, 1795356220000, 10, 1795356280000),
 (7, 1795356370000, 4, 1795356420000),
 (8, 1795356420000, 4, NULL),
 (9, 1795356500000, 4, 1795356600000), (9, 1795356600000, 5, NULL);
INSERT INTO stay SELECT id, opened_ms, 4, closed_ms FROM socket WHERE id >= 100;
INSERT INTO dwell SELECT socket, since_ms, state, until_ms, level_of(until_ms - since_ms) FROM stay;

WITH RECURSIVE n(t) AS (SELECT 1795356000000 UNION ALL SELECT t + 10000 FROM n
  WHERE t < 1795356600000)
 INSERT INTO poll (time_ms, since_ms, sockets)
 SELECT t, CASE WHEN t NOT IN (1795356000000, 1795356420000) THEN t - 10000 END,
  (SELECT count(*) FROM dwell WHERE dwell.since_ms <= t AND (until_ms IS NULL OR until_ms > t))
 FROM n WHERE t <= 1795356360000 OR t >= 1795356420000;
INSERT INTO count SELECT time_ms, socket.proto, dwell.state, family, count(*)
 FROM poll JOIN dwell ON dwell.since_ms <= time_ms AND (until_ms IS NULL OR until_ms > time_ms)
 JOIN socket ON socket.id = dwell.socket GROUP BY 1, 2, 3, 4;

INSERT INTO gap VALUES (1795356360000, 1795356420000, 'recording was stopped', NULL);
INSERT INTO finding (name, subject, severity, since_ms, until_ms, evidence, owner, sockets) VALUES
 ('close-wait', 'java[3121]', 'warning', 1795356300000, NULL,
  '1 socket in CLOSE-WAIT for 178 s', 'java[3121]', 1);
