/** The `source` of reads for clients to which a node pushes. Their number is limited by that node. */
export const PUSH_SOURCE = 'push';
