package org.debugshop.loadgenerator;

import java.util.List;
import java.util.random.RandomGenerator;

/** What simulated users do. */
sealed interface Profile permits ShopProfile, InstabookProfile {

    /** @return what one user does from coming to leaving, at least one action, in this order */
    List<Action> visit(RandomGenerator random);
}
