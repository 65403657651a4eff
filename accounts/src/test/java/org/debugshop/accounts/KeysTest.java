package org.debugshop.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    /** Made by OpenSSL: with and without its parameters before it, and the same as PKCS #8. */
    private static final String SEC_1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIMwgaDLhvXZ4ZfpD0Ur40bD9gYzOqQkHRzKmP1lvMDwxoAoGCCqGSM49
            AwEHoUQDQgAEcebT5VakhIF++VmbQ70rurTnQDJbV1Sked5QIpR352UsxqtUIIDE
            YgdwjxdzDL4i6n5srd3L8Er1YNyXOY4TEA==
            -----END EC PRIVATE KEY-----
            """;
    private static final String PKCS_8_WITH_PUBLIC_KEY = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzCBoMuG9dnhl+kPR
            SvjRsP2BjM6pCQdHMqY/WW8wPDGhRANCAARx5tPlVqSEgX75WZtDvSu6tOdAMltX
            VKR53lAilHfnZSzGq1QggMRiB3CPF3MMviLqfmyt3cvwSvVg3Jc5jhMQ
            -----END PRIVATE KEY-----
            """;
    private static final String PKCS_1 = """
            -----BEGIN RSA PRIVATE KEY-----
            MIIEpAIBAAKCAQEA0XD86f4LHzZym1pLDkVxV0NH5CE3EcD0rxHn+bcnoR8V7Y5/
            eC0SybX8H4L8kQCjHs5McjTTAMjPp9ppS2j+m1J7NFihcJWnYc7kq9+R+zvXc2IC
            q6ixZCRvuj+mpFg+/u2bA68PhCj3KPIuq7d5nK+Qy0oU7tR6eJrlLJG6FoQr4+fb
            Ln+j3yJ2uWpEeFeds7CwdjL+mkQaOfk/+JED1fu6jfge7k4/5+ShNCCOqHPJx9no
            wz3lD3aNuNclhUsqEfyyGySfAo9+2zBWx0wbCf2015S1TlhL7XQL+kBe72enwe+5
            DjTS9ReEYdPlex860ldaSdxhSihoewawYxC71wIDAQABAoIBADYGsN8FTsYm6+pi
            INFWHXYWn3FcFhII1bVhZ5cVZW4dEDF+3CfabKnGvXo9djxLT0ivi628LZ/arSJN
            53Jx65eSb8Chikd5+zryPS+O1N/bYGjdo/W25sd/1KhVKf3j26A0F5QcMOL1FEim
            LF7UTdUavr2J5xtyiQMaZbqY/sk2qEzCpI89+z3DES1GXi1gz/I2ER1useoeCDDj
            slF6n5XldTJzEwyfaPVmcgeFqIK5JbOj1cjiHcywpHUSXhuO3LIylWk+bDEpN8nO
            RrN+C17qkW3GIy79vPdgB7FAeR3fw0kBpqoG+zan4vpy61YVHcLxjteBUZ8lgpHm
            GWzTqAUCgYEA9t3znDA5NgxJghrTN67tzO1dx7tFzTycPINGGjd5Lc4eToAHrCMA
            ozUOM5oBs0coEbGMmq+ubdgRuzeYYy15awFTKTGrp564kB6+7s7pSjGAMjrdtcZj
            4KFhFgCu+2kksVrhDZ+3icA8PQRdX1mXlCKrO8OiVKD2p3SbFWRLPk0CgYEA2TCV
            Hta+YnCiBIWkKh1zF+DYvO3XFhx9Fwnnm3VJwvUzVaEKtNZdodW+YdI+xySrGyIV
            KdftxBXOuu55abCBODc8HB6mUhSFm5u13hbTyN+bwMyeZDUV+/bPu4LUQyLJ/YAk
            hLc/0w8HH5BvlYn4zU66xfmD+7V3PAC1d9WS3LMCgYBvEpgcSzpCji64wjcMk8Fc
            9eO/DQyv9jhZpbrx6sm0CUxrh4FsOud7h1CXeRCQyFBH/bnEk40I0THRKYeAACLk
            OVlgbH/OUES8W4kOy7v9bN5AO2or8lJX7GRRUQdqCPnAbqJZzeX3ra2synz0fMwN
            k7e1kSVFrJKt73IjoteT9QKBgQDSjh3TIt65cnYvqhvn1FsS6CFWr8FYJ1BB+JE3
            jfJvdeVJe3F0tWlajmweS4Qe7faPvHAF+9b+xSGA6dZ81ue/RxUYMcKOSmTo4YDk
            CP9Sey11MSnQ/gINHk5ve7sqRtzJzOQaYckXZTdDq3Px5it1ZoD9kxMX/+nTGuDS
            hxP0rwKBgQCH19v0IVQJG4DChZsiv2eMkyQw/5G5hFqI07Ad3qovCMHVuq1c2qD1
            kV+W1KA9YTBNi0QyAHoYhjhHjCXMg+VY8XntHaWMw05IJiUHDtYnHGBoJqP1p9Ku
            uurxHKC7/+s5DpU9g3hlQDQzGTu6hiUzvOr32Td8jYeMj7lp2x05sQ==
            -----END RSA PRIVATE KEY-----
            """;
    private static final String PKCS_8_RSA = """
            -----BEGIN PRIVATE KEY-----
            MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDRcPzp/gsfNnKb
            WksORXFXQ0fkITcRwPSvEef5tyehHxXtjn94LRLJtfwfgvyRAKMezkxyNNMAyM+n
            2mlLaP6bUns0WKFwladhzuSr35H7O9dzYgKrqLFkJG+6P6akWD7+7ZsDrw+EKPco
            8i6rt3mcr5DLShTu1Hp4muUskboWhCvj59suf6PfIna5akR4V52zsLB2Mv6aRBo5
            +T/4kQPV+7qN+B7uTj/n5KE0II6oc8nH2ejDPeUPdo241yWFSyoR/LIbJJ8Cj37b
            MFbHTBsJ/bTXlLVOWEvtdAv6QF7vZ6fB77kONNL1F4Rh0+V7HzrSV1pJ3GFKKGh7
            BrBjELvXAgMBAAECggEANgaw3wVOxibr6mIg0VYddhafcVwWEgjVtWFnlxVlbh0Q
            MX7cJ9psqca9ej12PEtPSK+Lrbwtn9qtIk3ncnHrl5JvwKGKR3n7OvI9L47U39tg
            aN2j9bbmx3/UqFUp/ePboDQXlBww4vUUSKYsXtRN1Rq+vYnnG3KJAxplupj+yTao
            TMKkjz37PcMRLUZeLWDP8jYRHW6x6h4IMOOyUXqfleV1MnMTDJ9o9WZyB4Wogrkl
            s6PVyOIdzLCkdRJeG47csjKVaT5sMSk3yc5Gs34LXuqRbcYjLv2892AHsUB5Hd/D
            SQGmqgb7Nqfi+nLrVhUdwvGO14FRnyWCkeYZbNOoBQKBgQD23fOcMDk2DEmCGtM3
            ru3M7V3Hu0XNPJw8g0YaN3ktzh5OgAesIwCjNQ4zmgGzRygRsYyar65t2BG7N5hj
            LXlrAVMpMaunnriQHr7uzulKMYAyOt21xmPgoWEWAK77aSSxWuENn7eJwDw9BF1f
            WZeUIqs7w6JUoPandJsVZEs+TQKBgQDZMJUe1r5icKIEhaQqHXMX4Ni87dcWHH0X
            CeebdUnC9TNVoQq01l2h1b5h0j7HJKsbIhUp1+3EFc667nlpsIE4NzwcHqZSFIWb
            m7XeFtPI35vAzJ5kNRX79s+7gtRDIsn9gCSEtz/TDwcfkG+VifjNTrrF+YP7tXc8
            ALV31ZLcswKBgG8SmBxLOkKOLrjCNwyTwVz1478NDK/2OFmluvHqybQJTGuHgWw6
            53uHUJd5EJDIUEf9ucSTjQjRMdEph4AAIuQ5WWBsf85QRLxbiQ7Lu/1s3kA7aivy
            UlfsZFFRB2oI+cBuolnN5fetrazKfPR8zA2Tt7WRJUWskq3vciOi15P1AoGBANKO
            HdMi3rlydi+qG+fUWxLoIVavwVgnUEH4kTeN8m915Ul7cXS1aVqObB5LhB7t9o+8
            cAX71v7FIYDp1nzW579HFRgxwo5KZOjhgOQI/1J7LXUxKdD+Ag0eTm97uypG3MnM
            5BphyRdlN0Orc/HmK3VmgP2TExf/6dMa4NKHE/SvAoGBAIfX2/QhVAkbgMKFmyK/
            Z4yTJDD/kbmEWojTsB3eqi8IwdW6rVzaoPWRX5bUoD1hME2LRDIAehiGOEeMJcyD
            5Vjxee0dpYzDTkgmJQcO1iccYGgmo/Wn0q666vEcoLv/6zkOlT2DeGVANDMZO7qG
            JTO86vfZN3yNh4yPuWnbHTmx
            -----END PRIVATE KEY-----
            """;

    @Test
    void shouldReadTheFormsOfOpenSsl() throws GeneralSecurityException {
        for (var pem : new String[]{SEC_1, PKCS_8_WITH_PUBLIC_KEY, PKCS_1, PKCS_8_RSA}) {
            mustFit(Keys.ofPem(pem, NOW));
        }
        assertThat(Keys.ofPem(SEC_1, NOW)).returns("ES256", SigningKey::algorithm)
                .returns(Keys.ofPem(PKCS_8_WITH_PUBLIC_KEY, NOW).kid(), SigningKey::kid);
        assertThat(Keys.ofPem(PKCS_1, NOW)).returns("RS256", SigningKey::algorithm)
                .returns(Keys.ofPem(PKCS_8_RSA, NOW).kid(), SigningKey::kid);
    }

    /** Some files for variables have a line for each. */
    @Test
    void shouldReadAKeyInOneLine() {
        assertThat(Keys.ofPem(PKCS_8_RSA.replace("\n", "\\n"), NOW).kid()).isEqualTo(Keys.ofPem(PKCS_8_RSA, NOW).kid());
    }

    /** Java's PKCS #8 has no public key, so it is computed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldComputeThePublicKeyOfAnEllipticCurve(int attempt) throws GeneralSecurityException {
        var pair = pair("EC", new ECGenParameterSpec("secp256r1"));

        assertThat(Keys.ofPem(pem(pair), NOW).publicKey()).as("attempt %d", attempt).isEqualTo(pair.getPublic());
    }

    private static void mustFit(SigningKey key) throws GeneralSecurityException {
        var name = key.algorithm().equals("ES256") ? "SHA256withECDSA" : "SHA256withRSA";
        var signer = Signature.getInstance(name);
        signer.initSign(key.privateKey().orElseThrow());
        signer.update(new byte[]{1, 2, 3});
        var signature = signer.sign();
        var verifier = Signature.getInstance(name);
        verifier.initVerify(key.publicKey());
        verifier.update(new byte[]{1, 2, 3});
        assertThat(verifier.verify(signature)).isTrue();
    }

    private static KeyPair pair(String kind, ECGenParameterSpec curve) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(kind);
        generator.initialize(curve);
        return generator.generateKeyPair();
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    @ParameterizedTest
    @CsvSource({"secp384r1", "secp521r1"})
    void shouldRefuseOtherCurves(String curve) throws GeneralSecurityException {
        var pem = pem(pair("EC", new ECGenParameterSpec(curve)));

        assertThatThrownBy(() -> Keys.ofPem(pem, NOW)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("TOKEN_KEY must be");
    }

    @Test
    void shouldRefuseAShortRsaKey() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        var pem = pem(generator.generateKeyPair());

        assertThatThrownBy(() -> Keys.ofPem(pem, NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nc2VjcmV0\n-----END PUBLIC KEY-----",
            "-----BEGIN PRIVATE KEY-----\nsecret!\n-----END PRIVATE KEY-----"})
    void shouldNotShowWhatIsNoKey(String pem) {
        assertThatThrownBy(() -> Keys.ofPem(pem, NOW)).isInstanceOf(IllegalArgumentException.class).hasNoCause()
                .hasMessageNotContainingAny("secret", "c2VjcmV0");
    }

    @Test
    void shouldReadBackWhatTheDatabaseHas() {
        var key = Keys.generate(1, NOW);
        var read = Keys.ofDatabase("ES256", base64(key.publicKey().getEncoded()),
                Optional.of(base64(key.privateKey().orElseThrow().getEncoded())), 1, NOW, NOW);

        assertThat(read).isEqualTo(key);
        assertThat(key.toString()).isEqualTo("ES256 key " + key.kid());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
