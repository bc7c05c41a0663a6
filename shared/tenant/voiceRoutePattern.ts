/**
 * Whether a pattern of .NET fits. Teams is moving away from a "+" before emergency numbers; a pattern has to fit with
 * and without it, and the call goes through with either. `also` is what may stand before the number.
 */
export function fitsPattern(pattern: string, number: string, also = '+'): boolean {
  try {
    const expression = new RegExp(pattern);
    return expression.test(number) || (also !== '' && expression.test(`${also}${number}`));
  } catch (caught) {
    if (caught instanceof SyntaxError) return false;
    throw caught;
  }
}
