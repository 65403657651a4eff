package org.debugshop.instabookcache;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** What holds in memory holds with Redis. */
@QuarkusTest
@TestProfile(SharedRedis.class)
class SessionResourceWithRedisTest extends SessionResourceTest {}
