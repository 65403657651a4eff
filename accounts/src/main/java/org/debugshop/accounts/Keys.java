package org.debugshop.accounts;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** Makes keys, and reads them from PEM and from the database. */
final class Keys {

    private static final String ES256 = "ES256";
    private static final String RS256 = "RS256";
    private static final int MIN_RSA_BITS = 2048;
    private static final Pattern PEM = Pattern
            .compile("-----BEGIN (EC |RSA |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");

    /** The algorithm identifiers of P-256 (RFC 5480) and RSA (RFC 8017), in DER. */
    private static final byte[] P_256 = HexFormat.of().parseHex("301306072a8648ce3d020106082a8648ce3d030107");
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 4;

    private Keys() {}

    /** Returns a new key for ES256. */
    static SigningKey generate(int generation, Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            return key(ES256, pair.getPublic(), Optional.of(pair.getPrivate()), generation, now, now);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has P-256", e);
        }
    }

    /**
     * Reads a private key.
     *
     * @param pem PKCS #8, or what OpenSSL writes by default for one of the two kinds of keys. {@code \n} may stand for a new line, because
     *        some files for variables have a line each
     * @throws IllegalArgumentException if it is none of ES256 or RS256; the message doesn't repeat it
     */
    static SigningKey ofPem(String pem, Instant now) {
        var found = PEM.matcher(pem.replace("\\n", "\n"));
        if (found.find()) {
            try {
                var der = Base64.getMimeDecoder().decode(found.group(2));
                return ofPrivateKey(privateKey(switch (found.group(1)) {
                    case "EC " -> pkcs8(P_256, der);
                    case "RSA " -> pkcs8(RSA, der);
                    default -> der;
                }), now);
            } catch (GeneralSecurityException | IllegalArgumentException _) {
                // The exceptions may show parts of the key.
            }
        }
        throw new IllegalArgumentException(
                "TOKEN_KEY must be a private key in PEM, without a password: P-256 for ES256, or RSA of at least 2048 bits for RS256");
    }

    private static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(pkcs8);
        try {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        } catch (GeneralSecurityException _) {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        }
    }

    private static SigningKey ofPrivateKey(PrivateKey key, Instant now) throws GeneralSecurityException {
        return switch (key) {
            case ECPrivateKey ec when EllipticCurves.P_256.equals(EllipticCurves.getName(ec.getParams().getCurve())) ->
                key(ES256, KeyFactory.getInstance("EC").generatePublic(
                        new ECPublicKeySpec(multiply(ec.getParams(), ec.getS()), ec.getParams())), Optional.of(key), 0, now, now);
            case RSAPrivateCrtKey rsa when rsa.getModulus().bitLength() >= MIN_RSA_BITS ->
                key(RS256, KeyFactory.getInstance("RSA").generatePublic(
                        new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())), Optional.of(key), 0, now, now);
            default -> throw new IllegalArgumentException();
        };
    }

    /** Reads a key as the database has it: X.509 and PKCS #8 in base64. */
    static SigningKey ofDatabase(String algorithm, String publicKey, Optional<String> privateKey, int generation, Instant createdAt,
            Instant expiresAt) {
        try {
            var factory = KeyFactory.getInstance(algorithm.equals(ES256) ? "EC" : "RSA");
            var isPublic = factory.generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(publicKey)));
            var isPrivate = privateKey.isEmpty()
                    ? Optional.<PrivateKey>empty()
                    : Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey.get()))));
            return key(algorithm, isPublic, isPrivate, generation, createdAt, expiresAt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A key in the database cannot be read", e);
        }
    }

    private static SigningKey key(String algorithm, PublicKey isPublic, Optional<PrivateKey> isPrivate, int generation, Instant createdAt,
            Instant expiresAt) {
        try {
            var kid = PublicJsonWebKey.Factory.newPublicJwk(isPublic).calculateBase64urlEncodedThumbprint("SHA-256");
            return new SigningKey(kid, algorithm, isPublic, isPrivate, generation, createdAt, expiresAt);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Wraps a key in the form of its algorithm (RFC 5915, RFC 8017) as PKCS #8 (RFC 5208). */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION_0, algorithm, der(OCTET_STRING, key));
    }

    private static byte[] der(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (var part : parts) {
            content.writeBytes(part);
        }
        var length = content.size();
        var all = new ByteArrayOutputStream();
        all.write(tag);
        if (length < 0x80) {
            all.write(length);
        } else {
            all.writeBytes(new byte[]{(byte) 0x82, (byte) (length >> 8), (byte) length});
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /** Returns the public point of a private key (SEC 1, section 3.2.1), which Java does not derive. */
    private static ECPoint multiply(ECParameterSpec curve, BigInteger factor) {
        var sum = ECPoint.POINT_INFINITY;
        for (var bit = factor.bitLength() - 1; bit >= 0; bit--) {
            sum = add(curve, sum, sum);
            if (factor.testBit(bit)) {
                sum = add(curve, sum, curve.getGenerator());
            }
        }
        return sum;
    }

    private static ECPoint add(ECParameterSpec curve, ECPoint one, ECPoint other) {
        if (one.equals(ECPoint.POINT_INFINITY)) {
            return other;
        }
        if (other.equals(ECPoint.POINT_INFINITY)) {
            return one;
        }
        var p = ((ECFieldFp) curve.getCurve().getField()).getP();
        BigInteger slope;
        if (!one.equals(other)) {
            slope = other.getAffineY().subtract(one.getAffineY()).multiply(other.getAffineX().subtract(one.getAffineX()).modInverse(p));
        } else {
            var x = one.getAffineX();
            slope = x.multiply(x).multiply(BigInteger.valueOf(3)).add(curve.getCurve().getA())
                    .multiply(one.getAffineY().shiftLeft(1).modInverse(p));
        }
        var x = slope.multiply(slope).subtract(one.getAffineX()).subtract(other.getAffineX()).mod(p);
        return new ECPoint(x, slope.multiply(one.getAffineX().subtract(x)).subtract(one.getAffineY()).mod(p));
    }
}
