/** The version of the product, as in package.json: what both processes call themselves in their figures. */
export const productVersion = '0.1.0';
